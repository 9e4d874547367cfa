"""A Slack workspace on this machine: enough of Slack's protocols to try, develop and test a bot against."""

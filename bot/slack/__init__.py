"""What knows Slack and no feature: calls, payloads, failures, people, and how blocks are built."""

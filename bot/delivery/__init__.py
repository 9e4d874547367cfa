"""Makes Slack look like the message rows: the sender, the engine that starts it, and the work of every minute."""

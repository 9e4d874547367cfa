"""The coached conversation about readiness, in a thread."""

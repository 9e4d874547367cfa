"""Gate reviews: asking for a promotion and deciding it."""

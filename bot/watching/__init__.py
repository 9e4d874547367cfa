"""Pilots are looked at: why they stall, what waits for whom, and who is to hear of it."""

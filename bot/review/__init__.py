"""Decisions about a pilot: gate reviews that promote it, and its retirement."""

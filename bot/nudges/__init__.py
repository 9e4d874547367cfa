"""Nudges: who hears of a quiet pilot, when, and what they can do about it."""

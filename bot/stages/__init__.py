"""Stages: how a pilot moves other than by a review: back, on hold, out and in again, and ahead in an emergency."""

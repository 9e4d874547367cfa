"""Answers outside the turn: forms for every kind, evidence, history, the list of all, and messages used as answers."""

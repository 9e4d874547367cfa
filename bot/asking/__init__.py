"""Asking somebody else: a question in a direct message, answered there or in the thread."""

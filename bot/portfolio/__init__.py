"""The overview: one pilot's status, all pilots, the Home tab, and help."""

"""How much can go wrong with a pilot: the tier that picks who decides its gates, and how it is changed."""

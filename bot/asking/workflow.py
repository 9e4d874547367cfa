"""Questions that somebody else is asked, and how they are answered."""

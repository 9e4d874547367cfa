"""Where a pilot still is like a pilot, and where it is like a production system already."""

"""Where a pilot still is a pilot and where it already is a production system."""

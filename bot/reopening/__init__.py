"""A gate that was passed is open again when what its approval stood on is gone."""

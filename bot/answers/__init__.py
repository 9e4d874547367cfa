"""What people do with answers: write and change them, show evidence, read their history."""

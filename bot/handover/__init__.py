"""Who owns a pilot in production: somebody is proposed, and it counts once they have accepted."""

"""Pilots: registering them, their card in the channel, and their moves between stages."""

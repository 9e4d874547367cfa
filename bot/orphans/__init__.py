"""Pilots whose champion or production owner has gone: who is missed, and how somebody else takes it on."""

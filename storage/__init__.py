"""Rows in, domain objects out. No session, connection or row leaves this package; it decides nothing about pilots."""

"""Waivers: what a pilot may go on without for a while, because somebody who may has accepted the risk."""

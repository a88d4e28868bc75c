"""Devices that made their key pair themselves: they prove it, and get a token for a quarter of an hour."""

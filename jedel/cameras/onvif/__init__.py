"""Cameras that say themselves what they are: found on their network, asked, and taken into the registry."""

"""Cameras: which there are, who may see them, whether they see, and where they are shown."""

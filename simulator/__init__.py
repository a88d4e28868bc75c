"""A city that drives everything through the public interfaces only."""

"""Searching among reads: for a purpose, on record first, as far back as the role may see."""

"""Privacy masks: on by one person, off by two."""

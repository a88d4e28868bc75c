"""A city that drives Jedel from outside: it knows the public interfaces only and imports nothing of it."""

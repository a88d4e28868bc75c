"""Which cameras look at a place, and which come next on a way."""

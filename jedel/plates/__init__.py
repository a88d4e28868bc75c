"""Number plates: their grammar, the cameras that read them, reads: taken, stored, searched."""

"""Many cameras at once, from a file: each line taken or refused with its reason, and the same file again
changes nothing."""

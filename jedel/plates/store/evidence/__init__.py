"""Reads kept for a case, until its retention ends."""

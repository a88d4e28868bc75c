"""Reads at rest: written once each, found again for a purpose, erased on their clock."""

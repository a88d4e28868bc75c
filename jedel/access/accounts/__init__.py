"""Accounts of the staff: made, begun with a one-time code, given a password, disabled."""

"""Passkeys of the staff, and signing in by one."""

"""Dispatch: incidents, whom to send, and what became of it."""

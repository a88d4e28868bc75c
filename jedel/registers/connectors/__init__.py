"""Registers that are fed live: a connector asks its source what changed, and the ordinary import takes it."""

"""Jedel: an open platform for a police operations centre."""

__version__ = "0.1.0"

"""Alerts: which unit is told of which car, what it answers, how often hits are false."""

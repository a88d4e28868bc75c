"""Alerts: which unit is told of which car, what it answers, how often hits are false."""

from jedel.qorgau.alerts.answers import alert_of_read, collection
from jedel.qorgau.alerts.jobs import Withdrawals, jobs
from jedel.qorgau.alerts.patrols import PatrolPicture
from jedel.qorgau.alerts.service import Alerts

__all__ = ["Alerts", "PatrolPicture", "Withdrawals", "alert_of_read", "collection", "jobs"]
"""What others use."""

"""Citizen services: a vehicle's history, a phone's IMEI, a citizen's own report of a lost or stolen phone."""

from jedel.citizen.desk import CitizenSettings, Desk

__all__ = ["CitizenSettings", "Desk"]

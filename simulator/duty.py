"""What a tablet's feed says that its crew must do. Pure: messages in, the task out."""

from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Task:
    """The incident the unit is on. `status`: assigned, en_route or on_scene."""

    incident_id: str
    number: int
    status: str
    lon: float
    lat: float


@dataclass
class Picture:
    """What the crew knows: its unit, its incidents and the cars that it is told of. The feed's messages keep
    it up to date."""

    unit_id: str
    seq: int = -1
    unit: dict[str, Any] = field(default_factory=dict)
    incidents: dict[str, dict[str, Any]] = field(default_factory=dict)
    alerts: dict[str, dict[str, Any]] = field(default_factory=dict)

    def take(self, message: dict[str, Any]) -> bool:
        """Take one message of the feed; True when it may have changed something."""
        kind = message.get("type")
        if kind == "snapshot":
            self.seq = message["seq"]
            self.unit = message["unit"] or {}
            self.incidents = {incident["id"]: incident for incident in message["incidents"]}
            self.alerts = {alert["id"]: alert for alert in message.get("alerts", ())}
            return True
        if kind != "event" or message["seq"] <= self.seq:
            return False
        self.seq = message["seq"]
        for unit in message["changed"].get("units", ()):
            if unit["id"] == self.unit_id:
                self.unit = unit
        for incident in message["changed"].get("incidents", ()):
            self.incidents[incident["id"]] = incident
        for gone in message["gone"].get("incidents", ()):
            self.incidents.pop(gone, None)
        for alert in message["changed"].get("alerts", ()):
            self.alerts[alert["id"]] = alert
        for gone in message["gone"].get("alerts", ()):
            self.alerts.pop(gone, None)
        return True

    def told(self) -> list[dict[str, Any]]:
        """The cars that the unit is told of."""
        return [
            alert
            for alert in self.alerts.values()
            if any(unit["unit_id"] == self.unit_id for unit in alert["units"])
        ]

    def alert(self, but: Container[str]) -> dict[str, Any] | None:
        """The oldest of the cars that the unit is told of, but for these."""
        told = [alert for alert in self.told() if alert["id"] not in but]
        return min(told, key=lambda alert: str(alert["opened_at"]), default=None)

    def task(self) -> Task | None:
        """The incident on which the unit is at work now; the oldest where there are several."""
        found = []
        for incident in self.incidents.values():
            if incident["state"] == "closed":
                continue
            for assignment in incident["assignments"]:
                if assignment["unit_id"] == self.unit_id and assignment["status"] != "released":
                    place = incident["place"]
                    task = Task(
                        incident["id"], incident["number"], assignment["status"], place["lon"], place["lat"]
                    )
                    found.append((assignment["assigned_at"], task))
        return min(found, key=lambda pair: pair[0])[1] if found else None

    @property
    def off_shift(self) -> bool:
        return self.unit.get("shift") is None

    @property
    def silent(self) -> bool:
        return bool(self.unit.get("silent"))

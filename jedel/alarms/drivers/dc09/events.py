"""What the codes of DC-03 (SIA-DCS) and DC-05 (Contact ID) mean here. The table is data: events.json.

DC-05 codes are looked up whole, then by their first two digits, then by their class (first digit), so that
an alarm code nobody listed is still an alarm. A panel's own table of zones may give a press another level:
in a school the same code comes from the staff's button and from the lockdown button, which are two zones.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from jedel.alarms.signals import Level, SignalKind


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an event code says. ``partial``: there were codes beside it that no table has."""

    kind: SignalKind
    level: Level | None = None
    clears: SignalKind | None = None
    note: str = ""
    partial: bool = False

    @property
    def weight(self) -> tuple[int, bool]:
        """A frame may carry several events: the gravest speaks for all of them."""
        return GRAVITY.index(self.kind), self.level is Level.LOCKDOWN


GRAVITY = (
    SignalKind.HEARTBEAT,
    SignalKind.RESTORE,
    SignalKind.TEST,
    SignalKind.TROUBLE,
    SignalKind.TAMPER,
    SignalKind.PRESS,
)


def _meaning(text: str) -> Meaning:
    """``press:lockdown``, ``restore:tamper``, ``test`` → its meaning."""
    kind, _, rest = text.partition(":")
    if kind == SignalKind.PRESS:
        return Meaning(SignalKind.PRESS, level=Level(rest))
    return Meaning(SignalKind(kind), clears=SignalKind(rest) if rest else None)


def _table(groups: Mapping[str, list[str]]) -> dict[str, Meaning]:
    return {code: _meaning(text) for text, codes in groups.items() for code in codes}


_DATA = json.loads(files(__package__).joinpath("events.json").read_text())
DCS = _table(_DATA["dcs"])
CID = _table(_DATA["cid"])
CID_QUALIFIER: dict[str, str] = _DATA["cid_qualifier"]


def dcs(code: str) -> Meaning | None:
    """A DC-03 data code of two letters."""
    return DCS.get(code)


def cid(qualifier: str, code: str) -> Meaning | None:
    """A DC-05 qualifier and event code of three digits."""
    meaning = CID.get(code) or CID.get(code[:2]) or CID.get(code[:1])
    said = CID_QUALIFIER.get(qualifier)
    if meaning is None or said is None:
        return None
    if said == "restore" and meaning.kind in (SignalKind.PRESS, SignalKind.TAMPER, SignalKind.TROUBLE):
        return Meaning(SignalKind.RESTORE, clears=meaning.kind)
    return meaning

"""What an entry is and how entries are chained. Pure; the database computes the same hashes (0001_journal).

Invariants
1. A region's entries have the sequence numbers 1, 2, 3 … without a gap, in the order of their commits.
2. ``hash`` = SHA-256(hash of the entry before ‖ header ‖ SHA-256(payload)); the first follows 32 zero bytes.
3. The payload's own hash stands beside it, so that content erased by law still leaves a checkable chain.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import orjson

GENESIS = bytes(32)
"""What stands before the first entry of a region."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Changed = Mapping[str, Sequence[Mapping[str, object]]]
Gone = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done, as a room hands it in.

    ``id`` is the command's id, made by whoever gave the command. ``data`` states the facts;
    ``changed`` and ``gone`` carry the new views (or the ids of those that left) of every object in a
    live collection that the command touched, so that a reader needs nothing else to stay current.
    """

    id: UUID
    region: str
    kind: str
    subject: UUID
    actor: str
    data: Mapping[str, object] = field(default_factory=dict)
    changed: Changed = field(default_factory=dict)
    gone: Gone = field(default_factory=dict)

    def payload(self) -> str:
        """The exact JSON text that is stored and hashed."""
        body = {"data": self.data, "changed": self.changed, "gone": self.gone}
        return orjson.dumps(body, option=orjson.OPT_UTC_Z).decode()


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry as it stands in the journal. ``payload`` is None where the law had it erased."""

    region: str
    seq: int
    id: UUID
    at: datetime
    kind: str
    subject: UUID
    actor: str
    payload: str | None
    payload_hash: bytes
    hash: bytes

    @property
    def data(self) -> dict[str, object]:
        """The facts; empty where they were erased."""
        return self._part("data")

    @property
    def changed(self) -> dict[str, list[dict[str, object]]]:
        return self._part("changed")  # type: ignore[return-value]

    @property
    def gone(self) -> dict[str, list[str]]:
        return self._part("gone")  # type: ignore[return-value]

    def _part(self, name: str) -> dict[str, object]:
        part: dict[str, object] = orjson.loads(self.payload)[name] if self.payload else {}
        return part

    def event(self) -> bytes:
        """The entry as one JSON message for the live feed."""
        head = orjson.dumps(
            {
                "type": "event",
                "seq": self.seq,
                "id": self.id,
                "at": self.at,
                "region": self.region,
                "kind": self.kind,
                "subject": self.subject,
                "actor": self.actor,
            },
            option=orjson.OPT_UTC_Z,
        )
        body = (self.payload or '{"data":{},"changed":{},"gone":{}}').encode()
        return head[:-1] + b"," + body[1:]


def header(entry: Recorded) -> bytes:
    """The hashed bytes that say what, who and when; the unit separator cannot occur in any part."""
    at_us = (entry.at - EPOCH) // timedelta(microseconds=1)
    parts = (entry.region, entry.seq, entry.id, at_us, entry.kind, entry.subject, entry.actor)
    return "\x1f".join(str(part) for part in parts).encode()


def chain_hash(before: bytes, entry: Recorded) -> bytes:
    """The hash that an honest journal holds for ``entry`` after an entry with hash ``before``."""
    return sha256(before + header(entry) + entry.payload_hash).digest()


@dataclass(frozen=True, slots=True)
class Fault:
    """The first place of a region where the journal is not what was written."""

    region: str
    seq: int
    what: str


def verify(region: str, entries: Iterable[Recorded], before: bytes = GENESIS, seq: int = 0) -> Fault | None:
    """Check consecutive entries that follow entry ``seq`` with hash ``before``; None when all is well."""
    for entry in entries:
        seq += 1
        if entry.seq != seq:
            return Fault(region, seq, f"entry {seq} is missing, {entry.seq} stands in its place")
        if entry.payload is not None and sha256(entry.payload.encode()).digest() != entry.payload_hash:
            return Fault(region, seq, "the content was changed")
        if chain_hash(before, entry) != entry.hash:
            return Fault(region, seq, "the entry or its place in the chain was changed")
        before = entry.hash
    return None

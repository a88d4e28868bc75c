"""The chain finds every change."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

import orjson
from hypothesis import given
from hypothesis import strategies as st

from jedel.journal.model import GENESIS, Entry, Recorded, chain_hash, verify

AT = datetime(2026, 3, 1, 3, 0, 0, 123456, tzinfo=UTC)
payloads = st.lists(st.text(max_size=30), min_size=2, max_size=12)


def chain(texts: list[str], region: str = "00") -> list[Recorded]:
    before, entries = GENESIS, []
    for seq, text in enumerate(texts, 1):
        payload = Entry(UUID(int=seq), region, "k", UUID(int=9), "a", {"text": text}).payload()
        digest = sha256(payload.encode()).digest()
        entry = Recorded(region, seq, UUID(int=seq), AT, "k", UUID(int=9), "a", payload, digest, b"")
        entry = replace(entry, hash=chain_hash(before, entry))
        entries.append(entry)
        before = entry.hash
    return entries


@given(payloads)
def test_an_untouched_chain_is_whole(texts: list[str]) -> None:
    entries = chain(texts)
    assert verify("00", entries) is None
    half = len(entries) // 2
    assert verify("00", entries[half:], entries[half - 1].hash, half) is None


@given(payloads, st.data())
def test_one_change_anywhere_is_found_where_it_is(texts: list[str], data: st.DataObject) -> None:
    entries = chain(texts)
    at = data.draw(st.integers(0, len(entries) - 1))
    forged = replace(entries[at], payload='{"data":{"text":"forged"},"changed":{},"gone":{}}')
    hit = verify("00", [*entries[:at], forged, *entries[at + 1 :]])
    assert hit is not None
    assert hit.seq == at + 1
    rehashed = replace(forged, payload_hash=sha256((forged.payload or "").encode()).digest())
    hit = verify("00", [*entries[:at], rehashed, *entries[at + 1 :]])
    assert hit is not None
    assert hit.seq == at + 1


@given(payloads, st.data())
def test_a_removed_inserted_or_moved_entry_is_found(texts: list[str], data: st.DataObject) -> None:
    entries = chain(texts)
    at = data.draw(st.integers(0, len(entries) - 2))
    assert verify("00", entries[:at] + entries[at + 1 :]) is not None
    assert verify("00", [*entries[:at], entries[at + 1], entries[at], *entries[at + 2 :]]) is not None
    assert verify("00", [*entries[: at + 1], entries[at], *entries[at + 1 :]]) is not None


def test_content_erased_by_law_leaves_a_checkable_chain() -> None:
    entries = chain(["a", "b", "c"])
    erased = replace(entries[1], payload=None)
    assert verify("00", [entries[0], erased, entries[2]]) is None
    assert (erased.data, erased.changed, erased.gone) == ({}, {}, {})
    assert orjson.loads(erased.event())["data"] == {}


def test_an_event_is_the_entry() -> None:
    entry = chain(["жедел"])[0]
    event = orjson.loads(entry.event())
    assert event == {
        "type": "event",
        "seq": 1,
        "id": str(UUID(int=1)),
        "at": "2026-03-01T03:00:00.123456Z",
        "region": "00",
        "kind": "k",
        "subject": str(UUID(int=9)),
        "actor": "a",
        "data": {"text": "жедел"},
        "changed": {},
        "gone": {},
    }

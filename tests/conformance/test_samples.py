"""Every driver against its own raw samples, and against what the world makes of them: pure, without any
link."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jedel.alarms.drivers.dc09.codec import Panel
from jedel.alarms.drivers.registry import DRIVERS, Driver, Link
from jedel.alarms.signals import RAW_BYTES_MAX, Malformed, Signal, SignalKind

DEVICE = UUID(int=1)
BY_NAME = {driver.name: driver for driver in DRIVERS}


@dataclass(frozen=True)
class Sample:
    driver: Driver
    name: str
    raw: bytes
    link: Link
    expected: dict[str, Any]

    def decode(self, raw: bytes | None = None) -> Signal | Malformed:
        return self.driver.decode(self.raw if raw is None else raw, self.link)


def _samples() -> list[Sample]:
    found = []
    for driver in DRIVERS:
        table = json.loads(driver.samples.joinpath("expected.json").read_text())
        for name, expected in table["messages"].items():
            key = bytes.fromhex(expected.pop("key", "")) or None
            link = Link(DEVICE, datetime.fromisoformat(table["now"]), Panel(key))
            raw = driver.samples.joinpath(name).read_bytes()
            found.append(Sample(driver, name, raw, link, expected))
    return found


SAMPLES = _samples()
every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: f"{s.driver.name}/{s.name}")
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # machines are busy at times
every_driver = pytest.mark.parametrize("driver", DRIVERS, ids=lambda d: d.name)


def plausible(found: Signal | Malformed) -> None:
    """What must hold of anything that any driver makes of any bytes."""
    if isinstance(found, Malformed):
        assert len(found.raw) <= RAW_BYTES_MAX
        assert found.size >= len(found.raw)
        return
    assert (found.device_id is None) != (found.account is None)
    assert (found.level is not None) == (found.kind is SignalKind.PRESS)
    assert found.clears is None or found.kind is SignalKind.RESTORE
    assert found.at is None or found.at.tzinfo is not None


@every_sample
def test_sample(sample: Sample) -> None:
    found = sample.decode()
    plausible(found)
    if isinstance(found, Malformed):
        assert {"malformed": found.reason} == sample.expected
        assert found.raw == sample.raw[:RAW_BYTES_MAX]
        return
    said = {
        "kind": found.kind,
        "level": found.level,
        "at": found.at.isoformat() if found.at else None,
        "clears": found.clears,
        "odd": found.odd,
        "note": found.note or None,
        "account": found.account,
    }
    if "id" in sample.expected:
        said["id"] = str(found.id)
    assert {name: value for name, value in said.items() if value} == {
        name: value for name, value in sample.expected.items() if value
    }
    assert found.raw == sample.raw


@every_sample
def test_truncated_at_every_byte(sample: Sample) -> None:
    for end in range(len(sample.raw)):
        found = sample.decode(sample.raw[:end])
        plausible(found)
        assert isinstance(found, Malformed), f"{sample.raw[:end]!r} was taken for a whole message"


@every_sample
def test_one_byte_changed(sample: Sample) -> None:
    """Whatever a flipped byte makes of it, the driver survives; and a checksum catches it where there is
    one."""
    before = sample.decode()
    for at in range(min(len(sample.raw), 400)):
        raw = bytearray(sample.raw)
        raw[at] ^= 0x15
        found = sample.decode(bytes(raw))
        plausible(found)
        if sample.driver.name == "dc09" and isinstance(before, Signal) and sample.raw.find(b"\n") == 0:
            assert isinstance(found, Malformed)


@every_sample
def test_the_same_message_has_the_same_id(sample: Sample) -> None:
    found = sample.decode()
    again = sample.decode()
    if isinstance(found, Signal):
        assert isinstance(again, Signal)
        assert found.id == again.id


def test_different_messages_have_different_ids() -> None:
    found = [s.decode() for s in SAMPLES if s.driver.name == "dc09"]
    plain = [f for f in found if isinstance(f, Signal) and f.raw.find(b'"*') < 0]
    assert len({f.id for f in plain}) == len(plain)


@every_driver
@patient
@given(raw=st.binary(max_size=300))
def test_any_bytes(driver: Driver, raw: bytes) -> None:
    plausible(driver.decode(raw, SAMPLES[0].link))


@patient
@given(
    token=st.sampled_from([b"SIA-DCS", b"ADM-CID", b"*SIA-DCS", b"NULL", b"XNM", b"XYZ"]),
    content=st.binary(max_size=200),
    keyed=st.booleans(),
)
def test_any_content_in_a_right_frame(token: bytes, content: bytes, keyed: bool) -> None:
    """Garbage that passes the checksum goes as deep as garbage can."""
    raw = framed(b'"' + token + b'"0001L0#1234[' + content)
    panel = Panel(bytes(16) if keyed else None)
    plausible(BY_NAME["dc09"].decode(raw, Link(DEVICE, SAMPLES[0].link.now, panel)))


@patient
@given(content=st.text('#|/NOCPAHRTA0123456789*^[]_:.,-"JX ', max_size=80))
def test_nearly_right_content(content: str) -> None:
    raw = framed(b'"SIA-DCS"0001L0#1234[' + content.encode() + b"]")
    plausible(BY_NAME["dc09"].decode(raw, SAMPLES[0].link))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize("name", ["mqtt", "http"])
@patient
@given(
    fields=st.fixed_dictionaries(
        {},
        optional={
            "id": st.uuids().map(str) | json_values,
            "kind": st.sampled_from(list(SignalKind)) | json_values,
            "level": st.sampled_from(["help", "lockdown"]) | json_values,
            "at": st.datetimes().map(datetime.isoformat) | json_values,
        },
    )
)
def test_any_json(name: str, fields: dict[str, Any]) -> None:
    plausible(BY_NAME[name].decode(json.dumps(fields).encode(), SAMPLES[0].link))


def framed(body: bytes) -> bytes:
    """A DC-09 frame around ``body``, its checksum computed bit by bit (DC-07, appendix B) as a peer would."""
    value = 0
    for byte in body:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return b"\n%04X%04X%s\r" % (value, len(body), body)

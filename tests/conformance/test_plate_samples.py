"""Every driver of plate cameras against its own raw samples, and against what the world makes of them: pure,
without any link."""

import json
import time
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jedel.plates.drivers.mapping import Mapping, Paths, paths
from jedel.plates.drivers.mqtt.codec import device_of
from jedel.plates.drivers.registry import BY_NAME, DRIVERS, Driver
from jedel.plates.drivers.said import PICTURE_BYTES_MAX, READS_MAX, TEXT_MAX, Decoded, Reason, Said, picture

LEFT_OUT = {"name", "wrong", "frames", "rows", "weakest", "plate_picture", "car_picture"}
UNSAID = Said("")
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@dataclass(frozen=True)
class Sample:
    driver: Driver
    name: str
    raw: bytes
    mapping: Paths
    expected: dict[str, Any]

    def decode(self, raw: bytes | None = None) -> Decoded:
        return self.driver.decode(self.raw if raw is None else raw, self.mapping)


def _samples() -> list[Sample]:
    found = []
    for driver in DRIVERS:
        table = json.loads(driver.samples.joinpath("expected.json").read_text())
        for name, expected in table["messages"].items():
            mapping = paths(expected.pop("mapping", {}))
            found.append(Sample(driver, name, driver.samples.joinpath(name).read_bytes(), mapping, expected))
    return found


SAMPLES = _samples()
every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: f"{s.driver.name}/{s.name}")
every_driver = pytest.mark.parametrize("driver", DRIVERS, ids=lambda d: d.name)


def plausible(found: Decoded) -> None:
    """What must hold of anything that any driver makes of any bytes."""
    assert len(found.reads) <= READS_MAX
    assert found.beyond >= 0
    if found.malformed is not None:
        assert not found.reads
    for read in found.reads:
        if isinstance(read, Reason):
            continue
        assert 0 < len(read.plate) <= TEXT_MAX
        assert read.at_us is None or 0 <= read.at_us < 2**53
        assert 0 <= read.confidence <= 100
        assert read.weakest is None or 0 <= read.weakest <= 100
        assert read.speed_kmh is None or 0 <= read.speed_kmh <= 40_000
        assert read.heading is None or 0 <= read.heading <= 360
        assert 1 <= read.frames <= 255
        assert read.rows in (0, 1, 2)
        assert all(0 <= sure <= 100 for sure in (read.make_sure, read.colour_sure, read.body_sure))
        assert len(read.name) <= 4 * TEXT_MAX


def said(read: Said | Reason) -> Any:
    """A read as `expected.json` writes it: what was said, and what was wrong."""
    if isinstance(read, Reason):
        return str(read)
    found = {
        each.name: value
        for each in fields(read)
        if each.name not in LEFT_OUT and (value := getattr(read, each.name)) != getattr(UNSAID, each.name)
    }
    return found | ({"wrong": sorted(read.wrong)} if read.wrong else {})


@every_sample
def test_sample(sample: Sample) -> None:
    found = sample.decode()
    plausible(found)
    if "malformed" in sample.expected:
        assert found.malformed == sample.expected["malformed"]
        return
    assert found.malformed is None
    # how sure a look is without a figure of its own is one constant, which the samples of JSON leave out
    spared = {"make_sure", "colour_sure", "body_sure"} if sample.driver.name != "onvif" else set()
    read = [said(each) for each in found.reads]
    assert [
        {k: v for k, v in each.items() if k not in spared} if isinstance(each, dict) else each
        for each in read
    ] == sample.expected["reads"]


@every_sample
def test_truncated_at_every_byte(sample: Sample) -> None:
    for end in range(0, len(sample.raw), max(1, len(sample.raw) // 500)):
        found = sample.decode(sample.raw[:end])
        plausible(found)
        assert found.malformed is not None or not found.reads, f"{sample.raw[:end][-80:]!r} was taken whole"


@every_sample
def test_one_byte_changed(sample: Sample) -> None:
    for at in range(min(len(sample.raw), 400)):
        raw = bytearray(sample.raw)
        raw[at] ^= 0x15
        plausible(sample.decode(bytes(raw)))


@every_sample
def test_the_same_message_has_the_same_names(sample: Sample) -> None:
    first, again = sample.decode(), sample.decode()
    assert [r.name for r in first.reads if isinstance(r, Said)] == [
        r.name for r in again.reads if isinstance(r, Said)
    ]


@every_driver
@patient
@given(raw=st.binary(max_size=300))
def test_any_bytes(driver: Driver, raw: bytes) -> None:
    plausible(driver.decode(raw, paths({})))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@patient
@given(
    read=st.fixed_dictionaries(
        {"plate": st.text(max_size=80) | json_values},
        optional={
            "id": json_values,
            "at": st.datetimes().map(lambda at: at.isoformat()) | json_values,
            "confidence": st.floats(-1, 200) | json_values,
            "weakest": json_values,
            "speed_kmh": st.floats() | json_values,
            "heading": st.floats() | json_values,
            "frames": json_values,
            "rows": json_values,
            "make": json_values,
            "colour": json_values,
            "body": json_values,
            "pictures": st.dictionaries(st.sampled_from(["plate", "car"]), json_values),
        },
    ),
    mapping=st.sampled_from(
        [
            {},
            {"reads": ""},
            {"reads": "0.a"},
            {"time_format": "unix_ms"},
            {"time_format": "%Y %j"},
            {"plate": ""},
        ]
    ),
)
def test_any_json(read: dict[str, Any], mapping: dict[str, str]) -> None:
    raw = json.dumps({"reads": [read, read]}, allow_nan=True).encode(errors="replace")
    plausible(BY_NAME["http"].decode(raw, paths(mapping)))
    plausible(BY_NAME["mqtt"].decode(json.dumps(read).encode(errors="replace"), paths(mapping)))


@patient
@given(text=st.text('<>/="&; tLicensePlateInfoNumberObjectFrameUtcTime0123456789', max_size=200))
def test_nearly_xml(text: str) -> None:
    wrapped = (
        f'<Frame UtcTime="2026-11-21T10:00:00Z"><Object><Appearance>{text}</Appearance></Object></Frame>'
    )
    plausible(BY_NAME["onvif"].decode(wrapped.encode(), paths({})))


def test_as_many_reads_as_a_message_may_have_and_the_rest_is_counted() -> None:
    read = {"plate": "123ABC02", "at": "2026-11-21T10:00:00Z"}
    found = BY_NAME["http"].decode(json.dumps({"reads": [read] * (READS_MAX + 7)}).encode(), paths({}))
    assert (len(found.reads), found.beyond) == (READS_MAX, 7)
    one = "<LicensePlateInfo><PlateNumber>1</PlateNumber></LicensePlateInfo>"
    objects = f"<Object><Appearance>{one}</Appearance></Object>" * (READS_MAX + 3)
    frame = f'<Frame UtcTime="2026-11-21T10:00:00Z">{objects}</Frame>'
    found = BY_NAME["onvif"].decode(frame.encode(), paths({}))
    assert (len(found.reads), found.beyond) == (READS_MAX, 3)


@every_driver
def test_a_message_that_is_too_long_is_not_looked_into(driver: Driver) -> None:
    began = time.thread_time()
    assert driver.decode(b"[" * (9 * 1024 * 1024), paths({})).malformed is Reason.TOO_LONG
    assert time.thread_time() - began < 0.5


def test_what_an_attacker_nests_costs_nothing() -> None:
    began = time.thread_time()
    for raw in (b"<a>" * 1_000_000, b"<a/>" * 1_000_000, b"<r>" + b"<a/>" * 1_000_000 + b"</r>"):
        assert BY_NAME["onvif"].decode(raw, paths({})).malformed is Reason.NOT_XML
    for raw in (b"[" * 4_000_000, b'{"reads":' * 500_000):
        assert BY_NAME["http"].decode(raw, paths({})).malformed is Reason.NOT_JSON
    assert time.thread_time() - began < 5


def test_an_object_in_many_frames_is_one_read() -> None:
    def frame(second: int, plate: str = "123ABC02") -> str:
        return (
            f'<Frame UtcTime="2026-11-21T10:00:{second:02}Z"><Object ObjectId="5"><Appearance>'
            f"<LicensePlateInfo><PlateNumber>{plate}</PlateNumber></LicensePlateInfo></Appearance></Object></Frame>"
        )

    raw = f"<M>{frame(1)}{frame(2)}{frame(3, '777ABC02')}</M>".encode()
    names = [read.name for read in BY_NAME["onvif"].decode(raw, paths({})).reads if isinstance(read, Said)]
    assert names[0] == names[1] != names[2]


def test_the_mapping_says_what_is_wrong_with_it() -> None:
    with pytest.raises(ValueError, match="speed_unit"):
        Mapping.model_validate({"speed_unit": "knots"})


def test_a_picture_that_is_too_long_is_not_decoded() -> None:
    wrong: list[Reason] = []
    assert picture("A" * (PICTURE_BYTES_MAX * 3 // 2 + 1), wrong) is None
    assert picture(17, wrong) is None
    assert picture("", wrong) is None
    assert wrong == [Reason.PICTURE_TOO_LONG, Reason.BAD_PICTURE]


def test_paths_lead_through_lists_and_names_of_digits() -> None:
    read = {"lanes": [{"7": "123ABC02"}, {"7": "124ABC02"}]}
    raw = json.dumps(read).encode()
    for path, plate in (("lanes.1.7", "124ABC02"), ("lanes.0.7", "123ABC02")):
        (found,) = BY_NAME["http"].decode(raw, paths({"plate": path})).reads
        assert isinstance(found, Said)
        assert found.plate == plate
    (found,) = BY_NAME["http"].decode(b'{"7": "123ABC02"}', paths({"plate": "7"})).reads
    assert isinstance(found, Said)
    for path in ("lanes.2.7", "lanes.x", "lanes.0.7.9"):
        assert BY_NAME["http"].decode(raw, paths({"plate": path})).reads == [Reason.NO_PLATE]


@pytest.mark.parametrize("at", [10**18, "9" * 100, -1, "1e400", True, None, [], "2500-01-01T00:00:00Z"])
def test_times_of_no_age(at: object) -> None:
    for form in ("unix_s", "unix_ms", "unix_us", "rfc3339", "%Y-%m-%d"):
        raw = json.dumps({"plate": "123ABC02", "at": at}).encode()
        (found,) = BY_NAME["http"].decode(raw, paths({"time_format": form})).reads
        assert isinstance(found, Said)
        assert found.at_us is None or form == "unix_us"


def test_whose_message_it_is() -> None:
    device = UUID(int=5)
    assert device_of(f"jedel.camera.{device}.read") == device
    for subject in ("jedel.camera.nobody.read", "jedel.camera", f"jedel.camera.{device}.read.more"):
        assert device_of(subject) is None

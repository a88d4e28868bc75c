"""Looking back by the routes: who may, on record, masked, and what is taken away."""

import hashlib
import io
import zipfile
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import av
import numpy as np
import orjson
import pytest

from jedel.app.settings import Settings
from jedel.cameras.archive import export
from jedel.cameras.archive.jobs import classify
from jedel.cameras.archive.reactor import ArchiveKeeper
from jedel.journal import Store, react_to_all
from jedel.kernel.clock import ManualClock
from jedel.media.model import AccessUnit, Codec, Track
from jedel.media.recording import repository as recordings
from jedel.media.recording.model import at_us, path_of
from jedel.media.recording.writer import SegmentWriter
from tests.cameras.made import add_camera
from tests.media.made import sound, video
from tests.support import Api
from tests.support.api import Seat

SECONDS = 12
MASK = [[[0.0, 0.0], [0.5, 0.0], [0.5, 1.0], [0.0, 1.0]]]


class World:
    """A camera with twelve recorded seconds, which ended a minute ago."""

    def __init__(self, store: Store, settings: Settings, camera_id: UUID, start: datetime) -> None:
        self.store, self.root, self.camera_id, self.start = store, settings.recordings, camera_id, start
        self.stream = f"camera/{camera_id}/main"
        self.url = f"/api/cameras/{camera_id}"
        self.paths: list[str] = []

    @property
    def end(self) -> datetime:
        return self.start + timedelta(seconds=SECONDS)

    def piece(self, **more: Any) -> dict[str, Any]:
        found: dict[str, Any] = {
            "at": self.start + timedelta(seconds=2.5),
            "origin": self.start,
            "seconds": 5,
        }
        found |= {"purpose": "investigation", "case": "1204-26"} | more
        return {
            name: value.isoformat() if isinstance(value, datetime) else value for name, value in found.items()
        }

    async def journal(self, kind: str) -> list[dict[str, Any]]:
        async with self.store.reading() as tx:
            cursor = await tx.conn.execute(
                "SELECT payload FROM journal WHERE kind = %s ORDER BY seq", (kind,)
            )
            return [orjson.loads(row["payload"])["data"] for row in await cursor.fetchall()]


async def world(
    store: Store,
    settings: Settings,
    clock: ManualClock,
    codec: Codec = Codec.H264,
    voice: Codec = Codec.AAC,
    **camera: Any,
) -> World:
    camera = {"zone": "street", "streams": '[{"name": "main", "url": ""}]'} | camera
    camera_id = await add_camera(store, **camera)
    made = World(store, settings, camera_id, clock.now() - timedelta(seconds=60 + SECONDS))
    tracks: tuple[Track, ...]
    picture, units = video(codec, SECONDS * 25, start_us=at_us(made.start))
    tone, packets = sound(voice, SECONDS, start_us=at_us(made.start))
    tracks, both = (picture, tone), sorted([*units, *packets], key=lambda unit: unit.at_us)
    await keep(made, tracks, both)
    return made


async def keep(made: World, tracks: tuple[Track, ...], units: list[AccessUnit]) -> None:
    writer = SegmentWriter(made.root, made.stream, segment_s=4)
    done = writer.take([tracks, *units], units[-1].at_us) + writer.close()
    async with made.store.transaction() as tx:
        await recordings.know(tx.conn, made.stream, "00", 30, tx.now)
        await recordings.add(tx.conn, done)
    made.paths += [path_of(made.stream, segment.start) for segment in done]


async def incident(seat: Seat) -> str:
    command = str(uuid4())
    body = {"id": command, "class": "theft", "priority": "urgent", "lon": 76.945, "lat": 43.238}
    return str((await seat.ok("POST", "/api/incidents", json=body))["id"])


async def test_the_timeline_says_what_is_there_and_what_is_not(
    client: Api, store: Store, settings: Settings, clock: ManualClock
) -> None:
    made = await world(store, settings, clock)
    seat = await client.login("duty")
    times = {"since": (made.start - timedelta(seconds=30)).isoformat(), "until": clock.now().isoformat()}
    async with store.transaction() as tx:
        await tx.conn.execute(
            "INSERT INTO camera_fault (id, camera_id, region, code, since, until)"
            " VALUES (%s, %s, '00', 'black', %s, %s)",
            (uuid4(), made.camera_id, made.start, made.end),
        )
    found = await seat.ok("GET", f"{made.url}/archive", params=times)
    (joined,) = found["ranges"]
    assert datetime.fromisoformat(joined["since"]) == made.start
    assert abs(datetime.fromisoformat(joined["until"]) - made.end) < timedelta(seconds=0.1)
    assert len(found["gaps"]) == 2
    assert [event["kind"] for event in found["events"]] == ["fault"]
    assert found["masked"] is False
    assert found["keep_days"] == 30
    operator = await client.login("operator")
    refused = await operator.get(f"{made.url}/archive", params=times)
    assert (refused.status_code, refused.json()["code"]) == (403, "camera_forbidden")
    backwards = await seat.get(
        f"{made.url}/archive", params={"since": times["until"], "until": times["since"]}
    )
    assert (backwards.status_code, backwards.json()["code"]) == (422, "archive_times")


async def test_a_piece_plays_from_its_keyframe_and_is_on_record_first(
    client: Api, store: Store, settings: Settings, clock: ManualClock
) -> None:
    made = await world(store, settings, clock)
    seat = await client.login("duty")
    answer = await seat.get(f"{made.url}/archive/play", params=made.piece())
    assert answer.status_code == 200, answer.text
    assert answer.headers["Jedel-Codecs"].startswith("avc1.")
    assert answer.headers["Jedel-Masked"] == "0"
    assert datetime.fromisoformat(answer.headers["Jedel-From"]) == made.start + timedelta(seconds=2)
    with av.open(io.BytesIO(answer.content), "r") as container:
        times = [frame.time for frame in container.decode(video=0)]
    assert times[0] == pytest.approx(2.0, abs=0.001)
    assert times[-1] == pytest.approx(7.5, abs=0.6)
    await seat.get(f"{made.url}/archive/play", params=made.piece(seconds=2))
    (entry,) = await made.journal("cameras.archive_watched")
    assert (entry["purpose"], entry["case_number"], entry["unmasked"]) == ("investigation", "1204-26", False)


async def test_nobody_looks_back_without_a_reason_or_a_right(
    client: Api, store: Store, settings: Settings, clock: ManualClock
) -> None:
    made = await world(store, settings, clock)
    inside = await world(store, settings, clock, zone="classroom", site_id=uuid4())
    duty, operator = await client.login("duty"), await client.login("operator")

    async def code(seat: Seat, of: World, **more: Any) -> str:
        params = {name: value for name, value in of.piece(**more).items() if value is not None}
        answer = await seat.get(f"{of.url}/archive/play", params=params)
        return "" if answer.is_success else str(answer.json()["code"])

    assert await code(duty, made, purpose="training") == "archive_purpose_unknown"
    assert await code(duty, made, purpose="curiosity") == "archive_purpose_unknown"
    assert await code(duty, made, case=None) == "archive_reason_needed"
    assert await code(duty, made, purpose="incident") == "archive_reason_needed"
    assert await code(duty, made, purpose="incident", incident=str(uuid4())) == "archive_reason_needed"
    assert await code(operator, made) == "camera_forbidden"
    assert await code(duty, inside) == "camera_forbidden"
    assert await code(duty, made, at=clock.now() + timedelta(hours=1)) == "archive_times"
    assert await code(duty, made, at=clock.now() - timedelta(seconds=20)) == "archive_nothing_recorded"
    assert (
        await made.journal("cameras.archive_watched") != []
    )  # what was not there was asked for all the same
    async with store.transaction() as tx:
        await tx.conn.execute("UPDATE camera SET region = '01'")
    assert await code(duty, made) == "not_found"


async def test_masks_stay_on_and_what_a_browser_does_not_take_is_made_anew(
    client: Api, store: Store, settings: Settings, clock: ManualClock
) -> None:
    masked = await world(store, settings, clock, masks=orjson.dumps(MASK).decode())
    seat = await client.login("duty")
    answer = await seat.get(f"{masked.url}/archive/play", params=masked.piece(seconds=3))
    assert answer.headers["Jedel-Masked"] == "1"
    assert covered(answer.content)
    other = await world(store, settings, clock, Codec.H265, Codec.PCMU)
    anew = await seat.get(f"{other.url}/archive/play", params=other.piece(seconds=3, remake=True))
    assert anew.headers["Jedel-Codecs"].endswith(",opus")
    assert anew.headers["Jedel-Codecs"].startswith("avc1")


def covered(data: bytes) -> bool:
    """Whether the left half is black, and the right is not."""
    with av.open(io.BytesIO(data), "r") as container:
        frames = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    half = frames[0].shape[1] // 2
    dark = all(int(np.max(frame[:, : half - 8])) < 40 for frame in frames)
    return bool(frames) and dark and float(np.mean(frames[-1][:, half + 8 :])) > 40


async def test_an_export_has_the_hashes_and_the_record(
    client: Api, store: Store, settings: Settings, clock: ManualClock
) -> None:
    made = await world(store, settings, clock)
    supervisor, duty = await client.login("supervisor"), await client.login("duty")
    body = {
        "id": str(uuid4()), "since": made.start.isoformat(), "until": made.end.isoformat(),
        "purpose": "investigation", "case_number": "1204-26",
    }  # fmt: skip
    refused = await duty.post(f"{made.url}/export", json=body)
    assert refused.json()["code"] == "camera_forbidden"
    bare = {name: value for name, value in body.items() if name != "case_number"}
    assert (await supervisor.post(f"{made.url}/export", json=bare)).json()["code"] == "archive_reason_needed"
    asked = await supervisor.ok("POST", f"{made.url}/export", json=body)
    assert await supervisor.ok("POST", f"{made.url}/export", json=body) == asked
    early = await supervisor.get(f"/api/camera-exports/{body['id']}/file")
    assert early.json()["code"] == "archive_export_not_ready"
    assert await export.make_waiting(store, made.root) == 1
    assert await export.make_waiting(store, made.root) == 0
    view = await supervisor.ok("GET", f"/api/camera-exports/{body['id']}")
    file = await supervisor.get(f"/api/camera-exports/{body['id']}/file")
    assert hashlib.sha256(file.content).hexdigest() == view["sha256"]
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        manifest = orjson.loads(archive.read("manifest.json"))
        (part,) = manifest["parts"]
        data = archive.read(part["file"])
    assert manifest == view["manifest"]
    assert hashlib.sha256(data).hexdigest() == part["sha256"]
    assert [each["path"] for each in part["segments"]] == made.paths
    assert all(each["intact"] for each in part["segments"])
    assert manifest["damaged"] is False
    with av.open(io.BytesIO(data), "r") as container:
        times = [frame.time for frame in container.decode(video=0)]
    assert (times[0], len(times)) == (0.0, SECONDS * 25)
    assert (await made.journal("cameras.export_asked"))[0]["case_number"] == "1204-26"
    assert (await made.journal("cameras.exported"))[0]["sha256"] == view["sha256"]
    assert len(await made.journal("cameras.export_fetched")) == 1
    assert [each["id"] for each in await supervisor.ok("GET", f"{made.url}/exports")] == [body["id"]]
    stranger = await duty.get(f"/api/camera-exports/{body['id']}/file")
    assert stranger.status_code == 404
    clock.advance(86_400 * 31)
    await export.remove_old(store, made.root)
    assert not export.path(made.root, UUID(body["id"])).exists()
    later = await client.login("supervisor")
    assert (await later.ok("GET", f"/api/camera-exports/{body['id']}"))["fault"] == "expired"


async def test_a_masked_camera_is_exported_masked_and_a_touched_segment_is_told(
    client: Api, store: Store, settings: Settings, clock: ManualClock
) -> None:
    made = await world(store, settings, clock, masks=orjson.dumps(MASK).decode())
    path = made.root / made.paths[1]
    with path.open("r+b") as file:
        file.seek(-30, 2)
        byte = file.read(1)[0]
        file.seek(-30, 2)
        file.write(bytes([byte ^ 1]))
    supervisor = await client.login("supervisor")
    body = {
        "id": str(uuid4()), "since": made.start.isoformat(), "until": made.end.isoformat(),
        "purpose": "investigation", "case_number": "7-26",
    }  # fmt: skip
    await supervisor.ok("POST", f"{made.url}/export", json=body)
    await export.make_waiting(store, made.root)
    content = (await supervisor.get(f"/api/camera-exports/{body['id']}/file")).content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        manifest = orjson.loads(archive.read("manifest.json"))
        assert covered(archive.read("video-1.mp4"))
    assert manifest["masked"] is True
    assert manifest["damaged"] is True
    assert [each["intact"] for each in manifest["parts"][0]["segments"]] == [True, False, True]


async def test_an_incidents_cameras_are_found_at_its_moment(
    client: Api, store: Store, settings: Settings, clock: ManualClock
) -> None:
    near = await world(store, settings, clock, name="near")
    far = await add_camera(store, name="far", lon=77.2, lat=43.4, zone="street", streams='[{"name": "main"}]')
    duty = await client.login("duty")
    clock.advance(-65)
    opened = await incident(duty)
    clock.advance(65)
    found = await duty.ok("GET", f"/api/incidents/{opened}/archive")
    assert [(each["name"], each["recorded"], each["allowed"]) for each in found["cameras"]] == [
        ("near", True, True)
    ]
    assert str(far) not in str(found)
    at = datetime.fromisoformat(found["moment"])
    params = near.piece(purpose="incident", incident=opened, at=near.start, origin=near.start)
    del params["case"]
    assert (await duty.get(f"{near.url}/archive/play", params=params)).is_success
    assert at == clock.now() - timedelta(seconds=75)
    timeline = await duty.ok(
        "GET", f"{near.url}/archive",
        params={"since": near.start.isoformat(), "until": clock.now().isoformat()},
    )  # fmt: skip
    assert [(event["kind"], event["id"]) for event in timeline["events"]] == [("incident", opened)]
    assert (await duty.get(f"/api/incidents/{uuid4()}/archive")).status_code == 404


async def test_recording_by_hand_by_the_week_and_for_an_incident(
    client: Api, store: Store, settings: Settings, clock: ManualClock
) -> None:
    made = await world(store, settings, clock)
    duty, admin = await client.login("duty"), await client.login("admin")
    body = {"id": str(uuid4()), "minutes": 5, "reason": "hand"}
    for _ in range(2):
        await duty.ok("POST", f"{made.url}/record", json=body)
    async with store.transaction() as tx:
        (order,) = await recordings.orders(tx.conn, tx.now)
    assert (order["stream"], order["until"]) == (made.stream, clock.now() + timedelta(minutes=5))
    windows = [{"day": 0, "from": 480, "until": 1200}]
    said = await admin.ok(
        "PUT", f"{made.url}/recording-schedule", json={"id": str(uuid4()), "windows": windows}
    )
    assert said["windows"] == windows
    assert await admin.ok("GET", f"{made.url}/recording-schedule") == said
    wrong = {"id": str(uuid4()), "windows": [{"day": 0, "from": 10, "until": 10}]}
    assert (await admin.put(f"{made.url}/recording-schedule", json=wrong)).status_code == 422
    await classify(store)
    async with store.reading() as tx:
        known = await recordings.known(tx.conn, made.stream)
    assert known is not None
    assert known["class"] == "street"
    purposes = await duty.ok("GET", "/api/archive/purposes")
    assert [each["code"] for each in purposes] == ["incident", "investigation", "found_property"]
    assert (await admin.ok("GET", "/api/archive/disk"))["analytics_shed"] is False
    opened = await incident(duty)
    await duty.ok("POST", f"/api/incidents/{opened}/close", json={"id": str(uuid4()), "result": "resolved"})
    await react_to_all(store, [ArchiveKeeper()])

"""A camera of the registry. Pure.

Invariants
1. A camera belongs to exactly one region; its id stays when it is handed over.
2. A stream's address holds no credentials; those are kept sealed, for this camera only.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from jedel.media.model import Mask, SourceKind
from jedel.places.geocode_model import words_of

STREAMS_MAX: Final = 4
WORDS_MAX: Final = 60
"""By which one camera is found."""
WORD_CHARS_MAX: Final = 40
PRE_EVENT_S: Final = 10
"""What is kept of the time before, of a camera that records on an event."""


class Kind(StrEnum):
    """What the camera is."""

    FIXED = "fixed"
    PTZ = "ptz"
    MOBILE = "mobile"
    DRONE = "drone"
    BADGE = "badge"
    POST = "post"


class Zone(StrEnum):
    """What of its site, or of a street, it looks at."""

    SURROUNDINGS = "surroundings"
    ENTRANCE = "entrance"
    STAIRS = "stairs"
    CLASSROOM = "classroom"
    CORRIDOR = "corridor"
    STREET = "street"


INSIDE: Final = frozenset({Zone.ENTRANCE, Zone.STAIRS, Zone.CLASSROOM, Zone.CORRIDOR})


class Recording(StrEnum):
    """What is kept of it."""

    OFF = "off"
    EVENT = "event"
    ALWAYS = "always"


class StreamName(StrEnum):
    """A camera's large picture and its small one."""

    MAIN = "main"
    SUB = "sub"


PUSHED: Final = (SourceKind.PUSH, SourceKind.SRT)
"""Comes to us; such a camera has one stream and no address."""


@dataclass(frozen=True, slots=True)
class Stream:
    """``url``: without credentials, empty of one that comes to us; ``width``, ``height``: pixels, 0 unknown;
    ``fps``: 0 unknown."""

    name: StreamName
    url: str = ""
    codec: str = ""
    width: int = 0
    height: int = 0
    fps: float = 0.0


@dataclass(frozen=True, slots=True)
class Camera:
    """``number``: what arrays and tiles carry. ``plan_x``, ``plan_y``: metres on the site's plan;
    ``heading``: degrees from north; ``fov``: degrees; ``range_m``: how far a person is recognisable as one.
    ``ptz``: how it is turned, None: it is not. ``credentials``: sealed, None: it asks for none."""

    number: int
    id: UUID
    region: str
    name: str
    kind: Kind
    site_id: UUID | None
    zone: Zone | None
    floor: int | None
    plan_x: float | None
    plan_y: float | None
    lon: float
    lat: float
    heading: float | None
    fov: float | None
    range_m: float | None
    owner: str
    owner_contact: str
    external_id: str | None
    source: SourceKind
    streams: tuple[Stream, ...]
    credentials: bytes | None
    onvif_url: str | None
    ptz: Mapping[str, Any] | None
    device_id: UUID | None
    unit_id: UUID | None
    masks: tuple[Mask, ...]
    recording: Recording
    keep_days: int
    enabled: bool
    created_at: datetime
    updated_at: datetime

    def stream(self, wanted: StreamName | str = StreamName.SUB) -> Stream:
        """The stream that answers for ``wanted``: the one by this name, else the only one there is."""
        for each in self.streams:
            if each.name == wanted:
                return each
        return self.streams[0] if self.streams else Stream(StreamName.MAIN)

    def stream_id(self, wanted: StreamName | str = StreamName.SUB) -> str:
        """The name by which gateways know it: ``camera/<uuid>/main``."""
        return f"camera/{self.id}/{self.stream(wanted).name}"


def is_inside(zone: Zone | None, site_id: UUID | None, kind: Kind) -> bool:
    """Whether a quiet day forbids it. A camera of a site whose owner did not say where it hangs is taken to
    hang inside."""
    if zone is None:
        return site_id is not None and kind in {Kind.FIXED, Kind.PTZ}
    return zone in INSIDE


def inside(camera: Camera) -> bool:
    """Whether it hangs inside a site."""
    return is_inside(camera.zone, camera.site_id, camera.kind)


def parsed(stream_id: str) -> tuple[UUID, str] | None:
    """``camera/<uuid>/<name>`` → its parts; None for anything else."""
    parts = stream_id.split("/")
    if len(parts) != 3 or parts[0] != "camera" or parts[2] not in tuple(StreamName):
        return None
    try:
        return UUID(parts[1]), parts[2]
    except ValueError:
        return None


def words(texts: Iterable[str]) -> list[str]:
    """The folded words by which something with these texts is found, each once."""
    found = dict.fromkeys(word[:WORD_CHARS_MAX] for text in texts for word in words_of(text))
    return list(found)[:WORDS_MAX]


def lexemes(region: str, found: Sequence[str]) -> list[str]:
    """Words as the index has them: a search of one region never meets another's."""
    return [f"{region}{word}" for word in found]

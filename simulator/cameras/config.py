"""Which cameras there are: `cameras.json`."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

KINDS: Final = (
    "street",
    "corridor",
    "classroom",
    "entrance",
    "stairs",
    "surroundings",
    "post",
    "drone",
)
SIZES: Final = {"sub": (640, 360), "main": (1280, 720)}
"""Pixels of a camera's two streams: `rtsp://…/<name>/sub` and `…/<name>/main`; `…/<name>` is `sub`."""


@dataclass(frozen=True, slots=True)
class Place:
    """One camera. ``name``: its path, letters, digits, ``-``, ``_`` and ``/``; ``heading``: degrees from
    north; ``seed`` of its picture: its name where there is none."""

    name: str
    kind: str
    lon: float = 0.0
    lat: float = 0.0
    heading: float = 0.0
    title: str = ""
    seed: str = ""

    @property
    def label(self) -> str:
        """What stands in the picture's corner."""
        return f"{self.title or self.name}  {round(self.heading) % 360:03d}"


@dataclass(frozen=True, slots=True)
class Config:
    """``user``, ``password``: of every camera (digest); none: they ask for nothing."""

    places: tuple[Place, ...]
    user: str = ""
    password: str = field(default="", repr=False)


class ConfigUnreadable(Exception):
    """The file is missing or is no `cameras.json`; the text says which."""


def read(path: Path) -> Config:
    """``{"user", "password", "cameras": [{"name", "kind", "lon", "lat", "heading", …}]}``, or the list alone.
    Fields beyond ours are left alone. Raises ConfigUnreadable."""
    try:
        return config_of(json.loads(path.read_text("utf-8")))
    except OSError as error:
        raise ConfigUnreadable(f"{path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigUnreadable(f"{path}: not a list of cameras ({error!r})") from error


def config_of(told: Any) -> Config:
    """Raises ValueError, KeyError or TypeError."""
    whole = told if isinstance(told, dict) else {"cameras": told}
    known = Place.__dataclass_fields__
    places = tuple(Place(**{k: v for k, v in each.items() if k in known}) for each in whole["cameras"])
    strange = sorted({place.kind for place in places} - set(KINDS))
    if strange:
        raise ValueError(f"no such kind: {', '.join(strange)}")
    return Config(places, whole.get("user", ""), whole.get("password", ""))

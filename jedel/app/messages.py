"""What problems say, in the user's language, collected from every room's ``messages.json``."""

from functools import cache
from importlib.resources import files
from typing import Final

import orjson

LANGUAGES: Final = ("kk", "ru", "en")
ROOMS: Final = (
    "kernel",
    "journal",
    "access",
    "places",
    "registers",
    "lookups",
    "citizen",
    "units",
    "alarms",
    "dispatch",
    "media",
    "cameras",
    "calls",
    "plates",
    "qorgau",
)


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Problem code → language → text with ``{parameters}``."""
    found: dict[str, dict[str, str]] = {}
    for room in ROOMS:
        path = files("jedel").joinpath(room, "messages.json")
        if path.is_file():
            found |= orjson.loads(path.read_bytes())
    return found


def text(code: str, language: str, params: dict[str, object]) -> str:
    """The message of a problem; parameters that the text does not name are left out.

    A parameter that is itself a code is said in words where the catalogue has them, as `code.value`.
    """
    words = {
        key: catalogue().get(f"{code}.{value}", {}).get(language, str(value)) for key, value in params.items()
    }
    return catalogue()[code][language].format_map(words)


def language_of(accept: str | None, own: str | None) -> str:
    """The best of the three languages for an ``Accept-Language`` header, else one's own, else Kazakh.

    Order of mention is taken as order of preference; browsers write it so.
    """
    for part in (accept or "").split(","):
        language = part.split(";")[0].strip().lower()[:2]
        if language in LANGUAGES:
            return language
    return own if own in LANGUAGES else "kk"

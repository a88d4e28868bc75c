"""One line of a file of cameras: taken, or refused with column and reason. Pure.

Columns (docs/guide/cameras.md): of these only ``external_id`` and ``name`` must be there, and ``lon`` and
``lat`` or a ``site``. A column that the file does not have leaves what a known camera says of it.
"""

import ipaddress
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from jedel.cameras.model import WORD_CHARS_MAX, WORDS_MAX, Kind, Recording, Zone, words
from jedel.media.model import SourceFault
from jedel.media.sources import guard

TEXT_MAX: Final = 200
ADDRESS_MAX: Final = 2000

COLUMNS: Final = (
    "region", "external_id", "name", "kind", "site", "zone", "floor", "plan_x", "plan_y", "lon", "lat",
    "heading", "fov", "range_m", "owner", "owner_contact", "source", "main_url", "main_codec", "sub_url",
    "sub_codec", "user", "password", "onvif_url", "recording", "keep_days", "enabled",
)  # fmt: skip
HOSTS_MAX: Final = 100_000
_LAST: Final = frozenset(map(str, range(256)))
NEEDED: Final = ("external_id", "name")
YES: Final = frozenset({"1", "yes", "true", "да", "иә"})
NO: Final = frozenset({"0", "no", "false", "нет", "жоқ"})


class Reason(StrEnum):
    """Codes that screens translate."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    NOT_A_NUMBER = "not_a_number"
    OUT_OF_RANGE = "out_of_range"
    NOT_A_CHOICE = "not_a_choice"
    NO_SUCH_SITE = "no_such_site"
    SITE_NOT_CLEAR = "site_not_clear"
    NO_SUCH_REGION = "no_such_region"
    ADDRESS_REFUSED = "address_refused"
    TWICE = "twice"
    ELSEWHERE = "elsewhere"
    """It came under this name once, and has another region, owner or name today."""
    CELLS = "cells"
    """More or fewer cells than the heading has."""
    TEXT = "text"
    """Signs that no text has: a NUL, a quote that never ends, bytes that are not UTF-8."""


@dataclass(frozen=True, slots=True)
class Reject:
    """``line``: of the file, the heading is 1. ``column``: empty where it is the whole line."""

    line: int
    column: str
    reason: Reason


class Refused(Exception):
    """A cell that cannot be taken."""

    def __init__(self, column: str, reason: Reason) -> None:
        super().__init__(f"{column}: {reason}")
        self.column, self.reason = column, reason


@dataclass(frozen=True, slots=True)
class Site:
    """What a line takes from its site."""

    id: UUID
    lon: float
    lat: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sites:
    """A region's sites, by id and by folded name; None: several have this name."""

    by_id: Mapping[UUID, Site]
    by_name: Mapping[str, Site | None]

    def find(self, text: str) -> Site:
        """Raises Refused."""
        try:
            found = self.by_id.get(UUID(text))
        except ValueError:
            key = name_key(text)
            if key in self.by_name and self.by_name[key] is None:
                raise Refused("site", Reason.SITE_NOT_CLEAR) from None
            found = self.by_name.get(key)
        if found is None:
            raise Refused("site", Reason.NO_SUCH_SITE)
        return found


def sites_of(views: Sequence[Mapping[str, Any]]) -> Sites:
    """From the views of `jedel.places.sites`."""
    by_id: dict[UUID, Site] = {}
    by_name: dict[str, Site | None] = {}
    for view in views:
        names = list(dict.fromkeys(view["name"].values()))
        found = words([*names, view["address"] or ""])
        site = Site(UUID(view["id"]), view["lon"], view["lat"], tuple(found))
        by_id[site.id] = site
        for key in {name_key(name) for name in names}:
            by_name[key] = None if key in by_name else site
    return Sites(by_id, by_name)


@lru_cache(maxsize=50_000)
def name_key(name: str) -> str:
    """Under which a site's name is found, in whichever letters it was typed."""
    return " ".join(words([name]))


_TOKEN: Final = re.compile(r"[^\s,;:/_()«»\"]+")
_PART: Final = re.compile(r"[^\W_]+")


@lru_cache(maxsize=200_000)
def _folded(token: str) -> tuple[str, ...]:
    return tuple(words([token]))


def words_quickly(name: str, external_id: str) -> list[str]:
    """As `jedel.cameras.model.words`: the parts of names come again and again, and a number is its own."""
    found: list[str] = []
    for token in (*_TOKEN.findall(name), *_PART.findall(external_id)):
        if token.isascii() and token.isdigit():
            found.append(token[:WORD_CHARS_MAX])
        else:
            found += _folded(token)
    return found


@dataclass(slots=True)
class Taken:
    """A line that can be a camera. ``streams``: as the table has them; ``user``: None: none was given."""

    line: int
    region: str
    external_id: str
    owner: str
    values: dict[str, Any]
    streams: list[dict[str, Any]] | None
    user: str | None
    password: str
    words: list[str] = field(default_factory=list)


class Checker:
    """Looks at the lines of one file. ``columns``: its heading; ``sites``: of a region, None: no such region;
    ``region``: of the lines that name none."""

    def __init__(
        self,
        columns: Sequence[str],
        region: str,
        sites: Callable[[str], Sites | None],
        networks: Sequence[str],
    ) -> None:
        self.columns = tuple(columns)
        self._region = region
        self._sites = sites
        self._networks = guard.networks_of(networks)
        self._hosts: dict[str, bool] = {}
        """Hosts that were looked at, or the first three parts of their addresses, where no network ends
        within such a block."""
        self._whole_blocks = all(each.version == 6 or each.prefixlen <= 24 for each in self._networks)
        self._readers = [(column, reader) for column, reader in _READERS if column in self.columns]
        self._seen: set[int] = set()

    def check(self, line: int, cells: Sequence[str]) -> Taken | Reject:
        """A line as a camera, or the first thing that is wrong with it."""
        if len(cells) != len(self.columns):
            return Reject(line, "", Reason.CELLS)
        row = dict(zip(self.columns, map(str.strip, cells), strict=True))
        try:
            found = self._read(line, row)
        except Refused as refused:
            return Reject(line, refused.column, refused.reason)
        name = hash((found.region, found.owner, found.external_id))
        if name in self._seen:
            return Reject(line, "external_id", Reason.TWICE)
        self._seen.add(name)
        return found

    def _read(self, line: int, row: dict[str, str]) -> Taken:
        region = row.get("region") or self._region
        sites = self._sites(region)
        if sites is None:
            raise Refused("region", Reason.NO_SUCH_REGION)
        site = sites.find(row["site"]) if row.get("site") else None
        name = _text(row, "name", needed=True)
        external_id = _text(row, "external_id", needed=True)
        values: dict[str, Any] = {"name": name} | self._place(row, site)
        if "site" in row:
            values["site_id"] = site.id if site else None
        for column, reader in self._readers:
            values[column] = reader(row[column], column)
        if "onvif_url" in row:
            values["onvif_url"] = self._address(row, "onvif_url") or None
        found = Taken(
            line, region, external_id, _text(row, "owner"), values, self._streams(row),
            _text(row, "user") or None, _text(row, "password"),
        )  # fmt: skip
        own = words_quickly(name, external_id)
        found.words = list(dict.fromkeys([*own, *(site.words if site else ())]))[:WORDS_MAX]
        return found

    def _place(self, row: dict[str, str], site: Site | None) -> dict[str, float]:
        if not row.get("lon") and not row.get("lat") and site is not None:
            return {"lon": site.lon, "lat": site.lat}
        return {"lon": _needed(row, "lon", -180, 180), "lat": _needed(row, "lat", -90, 90)}

    def _streams(self, row: dict[str, str]) -> list[dict[str, Any]] | None:
        if "main_url" not in row and "sub_url" not in row:
            return None
        found = []
        for name in ("main", "sub"):
            url = self._address(row, f"{name}_url")
            if url:
                if row.get("source", "rtsp") not in ("", "rtsp"):
                    raise Refused(f"{name}_url", Reason.NOT_A_CHOICE)
                found.append(_STREAM | {"name": name, "url": url, "codec": _text(row, f"{name}_codec")})
        return found

    def _address(self, row: dict[str, str], column: str) -> str:
        url = _text(row, column, ADDRESS_MAX)
        if not url:
            return ""
        host = _host(url, column)
        block, _, last = host.rpartition(".")
        known = block if self._whole_blocks and last in _LAST else host
        allowed = self._hosts.get(known)
        if allowed is None:
            if len(self._hosts) >= HOSTS_MAX:
                self._hosts.clear()
            allowed = self._hosts[known] = self._allowed(host)
        if not allowed:
            raise Refused(column, Reason.ADDRESS_REFUSED)
        return url

    def _allowed(self, host: str) -> bool:
        """An address must lie in the networks; a name is looked up whenever somebody connects."""
        try:
            return guard.allowed(ipaddress.ip_address(host), self._networks)
        except ValueError:
            return True


_STREAM: Final[dict[str, Any]] = {"name": "main", "url": "", "codec": "", "width": 0, "height": 0, "fps": 0.0}
_PLAIN: Final = re.compile(r"(?:rtsp|https?|srt)://([0-9A-Za-z.-]+)(?::[0-9]{1,4})?(?:/[!-\[\]-~]*)?")
"""An address without anything that has to be looked at closely."""


def _host(url: str, column: str) -> str:
    if plain := _PLAIN.fullmatch(url):
        return plain[1]
    try:
        return guard.read(url).host
    except SourceFault:
        raise Refused(column, Reason.ADDRESS_REFUSED) from None


def _text(row: dict[str, str], column: str, most: int = TEXT_MAX, *, needed: bool = False) -> str:
    text = row.get(column, "")
    if needed and not text:
        raise Refused(column, Reason.MISSING)
    return _plain(text, column, most)


def _plain(text: str, column: str, most: int = TEXT_MAX) -> str:
    if len(text) > most:
        raise Refused(column, Reason.TOO_LONG)
    if "\x00" in text:
        raise Refused(column, Reason.TEXT)
    return text


def _number(text: str, column: str, least: float, most: float) -> float:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        raise Refused(column, Reason.NOT_A_NUMBER) from None
    if not (math.isfinite(number) and least <= number <= most):
        raise Refused(column, Reason.OUT_OF_RANGE)
    return number


def _needed(row: dict[str, str], column: str, least: float, most: float) -> float:
    if not row.get(column):
        raise Refused(column, Reason.MISSING)
    return _number(row[column], column, least, most)


Reader = Callable[[str, str], Any]
"""(text, column) → what it says. Raises Refused."""


def _real(least: float, most: float) -> Reader:
    @lru_cache(maxsize=10_000)  # degrees and metres come again and again
    def read(text: str, column: str) -> float | None:
        return _number(text, column, least, most) if text else None

    return read


def _whole(least: int, most: int, default: int | None) -> Reader:
    @lru_cache(maxsize=10_000)
    def read(text: str, column: str) -> int | None:
        if not text:
            return default
        number = _number(text, column, least, most)
        if number != int(number):
            raise Refused(column, Reason.NOT_A_NUMBER)
        return int(number)

    return read


def _choice(among: Sequence[str], default: str | None) -> Reader:
    known: dict[str, str | None] = {"": default} | {str(each): str(each) for each in among}

    def read(text: str, column: str) -> str | None:
        try:
            return known[text]
        except KeyError:
            low = text.lower()
        if low not in known:
            raise Refused(column, Reason.NOT_A_CHOICE)
        return known[low]

    return read


def _yes(text: str, column: str) -> bool:
    low = text.lower()
    if not low or low in YES:
        return True
    if low in NO:
        return False
    raise Refused(column, Reason.NOT_A_CHOICE)


_READERS: Final[tuple[tuple[str, Reader], ...]] = (
    ("kind", _choice(tuple(Kind), "fixed")),
    ("zone", _choice(tuple(Zone), None)),
    ("floor", _whole(-20, 200, None)),
    ("plan_x", _real(-10_000, 10_000)),
    ("plan_y", _real(-10_000, 10_000)),
    ("heading", _real(0, 359.999)),
    ("fov", _real(0.1, 360)),
    ("range_m", _real(0.1, 10_000)),
    ("owner_contact", _plain),
    ("source", _choice(("rtsp", "push", "srt"), "rtsp")),
    ("recording", _choice(tuple(Recording), "off")),
    ("keep_days", _whole(1, 3650, 30)),
    ("enabled", _yes),
)

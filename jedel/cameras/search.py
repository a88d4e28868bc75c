"""Finding cameras of a region: by name, site, address, place, kind, state; in pages by their number."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from jedel.cameras import pages
from jedel.cameras.model import lexemes, words
from jedel.cameras.pages import NEAR_M, PAGE_MAX, Asked, Found
from jedel.journal import Connection, Store
from jedel.kernel.geo import Point, distance_m
from jedel.places.errors import NoMap
from jedel.places.geocode import Geocoder
from jedel.places.geocode_query import AddressQuery, CrossroadQuery, parse

ASKED_WORDS_MAX: Final = 8
LIKE_MAX: Final = 8
"""Words that one mistyped word may mean."""
LIKE_MIN: Final = 0.4
PREFIX_MIN: Final = 2
"""A shorter word is meant whole: nearly every camera has one that begins with its letter."""
REACHES_M: Final = (250.0, 750.0, NEAR_M)
"""The nearest are looked for close by first: two kilometres of a city have thousands."""
BESIDE_MAX: Final = 20
"""Cameras told of an address, beside those that are named after it."""
SURE: Final = 0.75
"""A place whose name is less like what was typed was not meant."""
BEST_OF: Final = 50
"""The best are chosen of so many: of 200 a search among 1,318,000 had a p99 of 69 ms, where 50 are wanted."""
PLACES_MAX: Final = 3
"""Places of one name (a street of two towns) that cameras are looked for at."""


async def answer(store: Store, geocoder: Geocoder, asked: Asked) -> list[Found]:
    """As `_at_places`; with ``best`` those that are called so before those at such an address: who types "7"
    means school 7, and house 7 in another street only then."""
    if not asked.best or asked.near is not None:
        return await _at_places(store, geocoder, asked)
    found = await _at_places(store, geocoder, replace(asked, after=0, limit=BEST_OF))
    typed = words([asked.text])[:ASKED_WORDS_MAX]
    return sorted(found, key=lambda each: _called(each.camera.name, typed))[: asked.limit]


def _called(name: str, typed: Sequence[str]) -> int:
    """0: its name has every word; 1: words that begin with them; 2: neither."""
    has = words([name])
    if all(word in has for word in typed):
        return 0
    return 1 if all(_begins(has, word) for word in typed) else 2


def _begins(has: Sequence[str], typed: str) -> bool:
    return typed in has or (len(typed) >= PREFIX_MIN and any(word.startswith(typed) for word in has))


async def _at_places(store: Store, geocoder: Geocoder, asked: Asked) -> list[Found]:
    """As `find`; words that are an address or a crossroad, and words that no camera has, bring the cameras at
    the place they name after those, the nearest first. So many that the page is not full: it is the last."""
    async with store.reading() as tx:
        found = await find(tx.conn, asked)
    room = min(asked.limit, PAGE_MAX) - 1 - len(found)
    if asked.near is not None or asked.after or room <= 0 or not asked.text:
        return found
    if found and not _names_a_place(asked.text):
        return found
    places = await _places(store, geocoder, asked)
    if not places:
        return found
    beside: dict[UUID, Found] = {}
    async with store.reading() as tx:
        for place in places:
            # those that were found already may be the nearest
            here = replace(asked, text="", near=place, limit=min(room, BESIDE_MAX) + len(found))
            for each in await _nearest(tx.conn, here, ()):
                if each.camera.id not in beside or _apart(each) < _apart(beside[each.camera.id]):
                    beside[each.camera.id] = each
    named = {each.camera.id for each in found}
    near = sorted((each for each in beside.values() if each.camera.id not in named), key=_apart)
    return [_measured(each, places) for each in found] + near[: min(room, BESIDE_MAX)]


def _names_a_place(text: str) -> bool:
    """An address or a crossroad; "school 45" is a site first."""
    return any(
        isinstance(each, CrossroadQuery) or (isinstance(each, AddressQuery) and not each.unusual)
        for each in parse(text)
    )


async def _places(store: Store, geocoder: Geocoder, asked: Asked) -> list[Point]:
    """Those that are meant surely, and none much less than the first; of a street its middle."""
    try:
        found = await geocoder.search(store, asked.region, asked.text, limit=2 * PLACES_MAX)
    except NoMap:
        return []
    meant = [each for each in found if each.kind != "district" and each.score >= SURE]
    return [Point(each.lon, each.lat) for each in meant if each.score > meant[0].score - 0.03][:PLACES_MAX]


def _apart(each: Found) -> float:
    return math.inf if each.metres is None else each.metres


def _measured(each: Found, places: Sequence[Point]) -> Found:
    here = Point(each.camera.lon, each.camera.lat)
    return replace(each, metres=min(distance_m(here, place) for place in places))


async def find(conn: Connection, asked: Asked) -> list[Found]:
    """In the order of their numbers; with a place, the nearest first; with words, those that have all of
    them, or words much like them where no camera has."""
    typed = words([asked.text])[:ASKED_WORDS_MAX]
    if asked.text and not typed:
        return []
    if not typed:
        return await (pages.plain(conn, asked) if asked.near is None else _nearest(conn, asked, ()))
    found = await _with_words(conn, asked, _terms(lexemes(asked.region, typed), typed))
    if not found and asked.after == 0:
        meant = []
        for word in typed:
            meant.append(await _like(conn, asked.region, word))
            if not meant[-1]:
                return []
        found = await _with_words(conn, asked, [f"({_any(asked.region, each)})" for each in meant])
    return found


async def _with_words(conn: Connection, asked: Asked, terms: Sequence[str]) -> list[Found]:
    return await (pages.worded(conn, asked, terms) if asked.near is None else _nearest(conn, asked, terms))


def _terms(found: Sequence[str], typed: Sequence[str]) -> list[str]:
    """Folded words are letters and digits only, so they need no quoting."""
    return [
        f"{lexeme}:*" if len(word) >= PREFIX_MIN else lexeme
        for lexeme, word in zip(found, typed, strict=True)
    ]


def _any(region: str, found: Sequence[str]) -> str:
    return " | ".join(lexemes(region, found))


async def _like(conn: Connection, region: str, word: str) -> list[str]:
    """Words of the region's cameras that begin with it, or that it may have been meant for."""
    cursor = await conn.execute(
        "SELECT word FROM camera_word WHERE region = %(region)s AND (word %% %(word)s"
        " OR word LIKE %(word)s || '%%') AND similarity(word, %(word)s) >= %(least)s"
        " ORDER BY similarity(word, %(word)s) DESC, word LIMIT %(most)s",
        {"region": region, "word": word, "least": LIKE_MIN, "most": LIKE_MAX},
    )
    return [row["word"] for row in await cursor.fetchall()]


async def _nearest(conn: Connection, asked: Asked, terms: Sequence[str]) -> list[Found]:
    """The nearest first, within two kilometres."""
    found: list[Found] = []
    for reach in REACHES_M:
        found = await pages.near(conn, asked, terms, reach)
        # as many as were wanted, and nothing outside the box is nearer than the last of them
        if len(found) >= min(asked.limit, PAGE_MAX) and _apart(found[-1]) <= reach:
            break
    return found

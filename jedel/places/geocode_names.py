"""The names of a map's sites and districts, ready for the search. Pure: filled from rows, asked in memory.

A city has hundreds of sites, a country tens of thousands: too few for a round trip, too many to compare one
by one; three-letter pieces choose the candidates.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jedel.places.geocode_match import LIKE_MIN, likeness
from jedel.places.geocode_model import street_key
from jedel.places.geocode_query import SiteQuery, first_number, name_words

Row = Mapping[str, Any]
Hit = tuple[str, dict[str, Any], float]
"""("site" | "district", row, score 0…1)"""

CANDIDATES_MAX = 24
SHARED_MIN = 0.3
"""Share of the asked pieces that a candidate must have: a swap in a six-letter word leaves 0.43."""
_LANGUAGES = ("kk", "ru", "en")


def _pieces(folded: str) -> set[str]:
    """Three-letter pieces of each word, its ends marked: 'арай' → {'  а', ' ар', 'ара', 'рай', 'ай '}."""
    return {
        padded[n : n + 3]
        for word in folded.replace("|", " ").split()
        for padded in (f"  {word} ",)
        for n in range(len(padded) - 2)
    }


@dataclass(frozen=True, slots=True)
class _Thing:
    what: str
    row: dict[str, Any]
    key: str
    bare: str  # the key without words for the kind
    number: int | None


@dataclass(slots=True)
class NameIndex:
    """Sites and districts of one map."""

    things: list[_Thing] = field(default_factory=list)
    _by_piece: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _by_kind: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, sites: Iterable[Row], districts: Iterable[Row]) -> "NameIndex":
        """From rows of `site` (id, kind, names, address, lon, lat) and `district` (id, names, outline)."""
        index = cls()
        for site in sites:
            index._add("site", dict(site))
        for district in districts:
            lon, lat = _middle(district["outline"])
            row = {key: value for key, value in district.items() if key != "outline"}
            index._add("district", row | {"lon": lon, "lat": lat})
        return index

    def _add(self, what: str, row: dict[str, Any]) -> None:
        number = len(self.things)
        key = street_key(*(row[f"name_{language}"] for language in _LANGUAGES))
        bare = "|".join(dict.fromkeys(" ".join(name_words(name)) for name in key.split("|")))
        self.things.append(_Thing(what, row, key, bare, first_number(key.replace("|", " "))))
        for piece in _pieces(key):
            self._by_piece[piece].append(number)
        if what == "site":
            self._by_kind[row["kind"]].append(number)

    def sites(self, asked: SiteQuery) -> list[Hit]:
        """Sites of the kind: with this number exactly, or this name, or all of them when neither is asked."""
        hits: list[Hit] = []
        for n in self._by_kind.get(asked.kind, ()):
            thing = self.things[n]
            if asked.number is not None and thing.number != asked.number:
                continue
            like = likeness(asked.name, thing.bare) if asked.name else 1.0
            if like >= LIKE_MIN:
                hits.append((thing.what, thing.row, like))
        return hits

    def named(self, asked: str) -> list[Hit]:
        """Sites and districts whose name is like the folded text."""
        shared: Counter[int] = Counter()
        pieces = _pieces(asked)
        for piece in pieces:
            shared.update(self._by_piece.get(piece, ()))
        hits: list[Hit] = []
        for n, count in shared.most_common(CANDIDATES_MAX):
            if count < SHARED_MIN * len(pieces):
                break
            thing = self.things[n]
            like = likeness(asked, thing.key)
            if like >= LIKE_MIN:
                hits.append((thing.what, thing.row, like))
        return hits


def _middle(outline: Any) -> tuple[float, float]:
    """The mean of the outer corners of a GeoJSON Polygon's or MultiPolygon's largest part."""
    whole = outline["type"] == "Polygon"
    parts: Sequence[Any] = [outline["coordinates"]] if whole else outline["coordinates"]
    ring = max((part[0] for part in parts), key=len)
    return sum(p[0] for p in ring) / len(ring), sum(p[1] for p in ring) / len(ring)

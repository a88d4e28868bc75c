"""How like two names are, which known house is nearest to a missing one, and how a place is called.

Pure: no I/O, no clock.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from jedel.places.geocode_model import KINDS, letters

Label = dict[str, str]
"""{kk, ru, en}"""

LIKE_MIN: Final = 0.64
"""Below this two names are strangers."""
_WORD_LIKE_MIN: Final = 0.6
_ENDING: Final = re.compile(r"(?<=...)(?:ого|ская|ский|ая|яя|ый|ий|ой|ей|а|я|ы|и|й|о|е|у)$")


def typing_distance(one: str, two: str) -> int:
    """Letters to change, add, drop or swap with their neighbour to get from one word to the other."""
    before: list[int] = []
    last = list(range(len(two) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, other in enumerate(two, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == two[j - 2] and one[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]


def stem(word: str) -> str:
    """A word without its case ending: 'абая' and 'абай' → 'аба'. Short words stay."""
    return _ENDING.sub("", word) if len(word) > 3 else word


@lru_cache(maxsize=1 << 16)  # a map's names share their words: "школа", "көшесі"
def _word_likeness(asked: str, known: str) -> float:
    if asked == known:
        return 1.0
    if asked.isdecimal() or known.isdecimal():
        return 0.0  # numbers are the same or they are not
    if stem(asked) == stem(known):
        return 0.97
    if len(asked) >= 2 and known.startswith(asked):
        return 0.8 + 0.16 * len(asked) / len(known)
    longer = max(len(asked), len(known))
    if abs(len(asked) - len(known)) > (1 - _WORD_LIKE_MIN) * longer:
        return 0.0
    like = 1 - typing_distance(asked, known) / longer
    return like * 0.97 if like >= _WORD_LIKE_MIN else 0.0


def _name_likeness(asked: list[str], known: list[str]) -> float:
    total = matched = 0.0
    for word in asked:
        like, length = max((_word_likeness(word, other), len(other)) for other in known)
        if not like and word.isdecimal():
            return 0.0  # "Самал 2" is not "Самал 3"
        total += like * len(word)
        matched += length if like else 0
    coverage = min(1.0, matched / sum(map(len, known)))
    return total / sum(map(len, asked)) * (0.9 + 0.1 * coverage)


def likeness(asked: str, key: str) -> float:
    """0…1: how well a folded query fits a key (names parted by '|'). Word order does not count, digits do."""
    words = asked.split()
    if not words:
        return 0.0
    names = (name.split() for name in key.split("|"))
    return max((_name_likeness(words, known) for known in names if known), default=0.0)


_HOUSE_PARTS: Final = re.compile(r"(\d+)(.*)")


def nearest_house(asked: str, known: list[str]) -> str | None:
    """The known house key that stands nearest to a missing one: same number first, then the same side of the
    street, then the smaller step. None when nothing is known.
    """
    wanted = _HOUSE_PARTS.match(asked)
    if wanted is None:
        return None
    number = int(wanted[1])

    def apart(key: str) -> tuple[int, int, str]:
        parts = _HOUSE_PARTS.match(key)
        if parts is None:
            return 1_000_000, 0, key
        gap = abs(int(parts[1]) - number)
        return gap * (1 if gap % 2 == 0 else 3), len(parts[2]), key

    return min(known, key=apart, default=None)


_LATIN: Final = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "zh", "з": "z", "и": "i",
    "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t",
    "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "",
    "э": "e", "ю": "yu", "я": "ya", "ә": "a", "ғ": "gh", "қ": "q", "ң": "ng", "ө": "o", "ұ": "u", "ү": "u",
    "һ": "h", "і": "i",
}  # fmt: skip
_ENGLISH_KINDS: Final = {
    letters(word): english
    for english, words in {
        "Street": "улица ул көшесі",
        "Avenue": "проспект пр даңғылы",
        "Boulevard": "бульвар бульвары",
        "Lane": "переулок пер",
        "Square": "площадь алаңы",
        "Embankment": "набережная жағалауы",
        "Highway": "шоссе",
        "Microdistrict": "микрорайон мкр ықшамауданы",
        "Passage": "проезд өткелі",
        "Dead End": "тупик тұйығы",
    }.items()
    for word in words.split()
}


def latin(text: str) -> str:
    """Cyrillic letters in Latin ones, capitals kept: 'Бөгенбай' → 'Bogenbai'."""
    out = []
    for sign in text:
        found = _LATIN.get(sign.lower())
        if found is None:
            out.append(sign)
        else:
            out.append(found.capitalize() if sign.isupper() else found)
    return "".join(out)


def english_street(name: str) -> str:
    """A street's name for an English screen: 'Абай даңғылы' → 'Abai Avenue', '8-й микрорайон' →
    'Microdistrict 8'.
    """
    kind, rest = "", []
    for word in re.sub(r"(\d)-(?:й|я|ші|шы)\b", r"\1", name).replace("-ы", " ы").split():
        plain = letters(word).strip(".,")
        if plain in _ENGLISH_KINDS and not kind:
            kind = _ENGLISH_KINDS[plain]
        elif plain not in KINDS:
            rest.append(latin(word))
    words = " ".join(rest)
    if kind == "Microdistrict" and words[:1].isdecimal():
        return f"{kind} {words}"
    return f"{words} {kind}".strip() or latin(name)


@dataclass(frozen=True, slots=True)
class StreetNames:
    """A street's names as the map has them; empty where it has none."""

    name: str
    kk: str
    ru: str

    def label(self) -> Label:
        kk = self.kk or self.name or self.ru
        ru = self.ru or self.name or self.kk
        return {"kk": kk, "ru": ru, "en": english_street(self.kk or self.ru or self.name)}


def address_label(street: StreetNames, house: str) -> Label:
    """'Абай даңғылы, 12' in each language."""
    return {language: f"{text}, {house}" for language, text in street.label().items()}


def crossroad_label(first: StreetNames, second: StreetNames) -> Label:
    """'Абай даңғылы / Достық даңғылы' in each language."""
    one, two = first.label(), second.label()
    return {language: f"{one[language]} / {two[language]}" for language in one}

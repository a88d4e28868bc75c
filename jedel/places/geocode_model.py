"""Names made comparable: folding of names, keys of streets, crossroads and houses.

Pure: no I/O, no clock. Everything that is stored as a `key` in `street`, `crossroad` and `address` is made
here, and a query goes through the same functions, so both sides always meet in the same letters.
"""

import re
import unicodedata
from typing import Final

# Kazakh letters fall on the Russian letter next to them (people type on whichever keyboard is on), and "э" on
# "е": Ауэзов and Әуезов are one man.
_KAZAKH: Final = str.maketrans("әғқңөұүһіёєїэ", "агкноуухиееие")
# Signs without a sound are dropped, stress marks too: "Аль-Фараби" and "Әл-Фараби" are one name.
_SILENT: Final = str.maketrans("", "", "ьъ’ʼ'`´" + "".join(map(chr, range(0x300, 0x370))))
# A Latin letter inside a Cyrillic word is a slip of the keyboard: take the Cyrillic letter that looks alike.
_LOOK_ALIKE: Final = str.maketrans("abcehikmoptxyuë", "авсеникмортхуие")
_CYRILLIC: Final = re.compile("[а-яәғқңөұүһіёєї]")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_WORD: Final = re.compile(r"[а-я]+|[0-9]+")
# 'пр-т', 'мкр-н', 'б-р' are one word each; '8-й', '1-ші', '2nd' are numbers.
_SHORT_FORM: Final = re.compile(r"\b(пр|мкр|б|м)-(т|кт|он|н|р)\b")
_ORDINAL: Final = re.compile(
    r"(\d)-?(?:ый|ий|ой|ая|ого|инши|ынши|ыншы|ншы|нши|ши|шы|й|я|ст|нд|рд|т)(?![а-я])"
)

_LATIN_LONG: Final = (
    ("shch", "щ"), ("sch", "ш"), ("zh", "ж"), ("kh", "х"), ("gh", "г"), ("ts", "ц"), ("ch", "ч"), ("sh", "ш"),
    ("yu", "ю"), ("ya", "я"), ("yo", "е"), ("ye", "е"), ("ck", "к"), ("ph", "ф"), ("oo", "у"), ("ee", "и"),
)  # fmt: skip
_LATIN_ONE: Final = {
    "a": "а", "b": "б", "c": "к", "d": "д", "e": "е", "f": "ф", "g": "г", "h": "х", "i": "и", "j": "ж",
    "k": "к", "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "q": "к", "r": "р", "s": "с", "t": "т",
    "u": "у", "v": "в", "w": "в", "x": "кс", "y": "ы", "z": "з",
    "ä": "а", "ö": "о", "ü": "у", "ñ": "н", "ğ": "г", "ı": "ы", "ş": "ш", "ç": "ч", "é": "е", "ū": "у",
}  # fmt: skip
_VOWELS: Final = frozenset("аеиоуыэюя")


def _latin_letter(letter: str) -> str:
    """One Latin letter in Cyrillic; an accent that we do not know is taken off; else the letter itself."""
    return _LATIN_ONE.get(letter) or _LATIN_ONE.get(unicodedata.normalize("NFD", letter)[0], letter)


def _from_latin(word: str) -> str:
    """One Latin word in Cyrillic: 'dostyk' → 'достык', 'abai' and 'abay' → 'абай'."""
    out = ""
    at = 0
    while at < len(word):
        for latin, cyrillic in _LATIN_LONG:
            if word.startswith(latin, at):
                out += cyrillic
                at += len(latin)
                break
        else:
            short = word[at] in "iy" and out[-1:] in _VOWELS
            out += "й" if short else _latin_letter(word[at])
            at += 1
    return out


def _folded_word(found: re.Match[str]) -> str:
    token = found.group()
    if not _CYRILLIC.search(token):
        return _from_latin(token)
    return "".join(_latin_letter(letter) for letter in token.translate(_KAZAKH).translate(_LOOK_ALIKE))


def letters(text: str) -> str:
    """Lower case, Kazakh and look-alike letters folded, Latin words in Cyrillic; punctuation is kept."""
    low = unicodedata.normalize("NFKC", text.replace("№", " ")).casefold()
    return _LETTERS.sub(_folded_word, unicodedata.normalize("NFC", low).translate(_SILENT))


def words_of(text: str) -> list[str]:
    """All words and numbers of a text in folded letters, the kind of street still among them."""
    found: list[str] = _WORD.findall(_ORDINAL.sub(r"\1 ", _SHORT_FORM.sub(r"\1\2", letters(text))))
    return found


# Words for the kind of street. "жолы" is not among them (Жібек жолы is a name).
KINDS: Final = frozenset(
    letters(
        """улица ул көше көшесі көш проспект просп пр прс прт пркт проспекті даңғыл даңғылы даңғ переулок пер
        тупик тұйығы тұйық микрорайон микрорайоны мкр мкрн мкрон мн ықшамаудан ықшамауданы
        шағынаудан шағынауданы
        шоссе тасжолы трасса проезд өткелі бульвар бульвары бр площадь пл алаң алаңы набережная наб жағалауы
        аллея аллеясы квартал кварталы орамы street str st avenue ave av lane ln road rd boulevard blvd square
        sq drive highway hwy"""
    ).split()
)
_KIND_PAIRS: Final = frozenset(
    {("тас", "жолы"), ("ыкшам", "аудан"), ("ыкшам", "ауданы"), ("шагын", "аудан"), ("шагын", "ауданы")}
)


def _without_kinds(words: list[str]) -> list[str]:
    while True:
        kept = [word for word in words if word not in KINDS]
        at = next((n for n in range(len(kept) - 1) if (kept[n], kept[n + 1]) in _KIND_PAIRS), None)
        if at is None:
            return kept
        words = kept[:at] + kept[at + 2 :]


def fold(text: str) -> str:
    """The comparable form of a name: 'Достық даңғылы', 'пр. Достык' and 'dostyk ave' → 'достык'.

    Lower case; Kazakh letters as Russian ones; Latin words in Cyrillic; words for the kind of street dropped
    (unless nothing else is left); words parted by one space. Folding twice changes nothing.
    """
    words = words_of(text)
    return " ".join(_without_kinds(words) or words)


def street_key(*names: str | None) -> str:
    """`street.key`: each different folded name once, parted by '|' ('абай|абая'); empty names left out."""
    folded = (fold(name) for name in names if name)
    return "|".join(dict.fromkeys(key for key in folded if key))


def crossroad_key(first: str, second: str) -> str:
    """`crossroad.key` of two street keys, the same whichever is named first: 'абай/достык'."""
    low, high = sorted((first, second))
    return f"{low}/{high}"


_HOUSE_UPPER: Final = str.maketrans("ABCEHKMOPTX", "авсенкмортх")
_HOUSE_LOWER: Final = _LATIN_ONE | {"c": "с", "x": "х", "y": "у", "\\": "/", "–": "-", "—": "-"}
_HOUSE_WORDS: Final = re.compile(r"\b(?:дом|үйі|үй|уйи|уй|house)\b\.?|\b[дd]\b\.?(?=\s*\d)", re.IGNORECASE)
_BLOCK_WORDS: Final = re.compile(r"(?:корпус|корп|блок|к)\.?\s*(?=\d)")
_BUILDING_WORDS: Final = re.compile(r"(?:строение|стр|с)\.?\s*(?=\d)")
_GAP_BEFORE_LETTER: Final = re.compile(r"(?<=\d)[\s-]+(?=[а-я])")


def house_key(text: str) -> str:
    """The exact, comparable form of a house number: 'д. 12 А', '12-а', '12a' → '12а'; '12 корпус 3' → '12к3'.

    '12', '12а', '12/3' and '12к3' stay different houses. An upper-case Latin 'B' looks like 'В', a lower-case
    'b' sounds like 'б'. Empty when the text has no digit.
    """
    plain = _HOUSE_WORDS.sub(" ", unicodedata.normalize("NFKC", text.replace("№", " ")))
    plain = plain.translate(_HOUSE_UPPER).lower().translate(_KAZAKH).translate(_SILENT)
    plain = "".join(_HOUSE_LOWER.get(sign, sign) for sign in plain)
    plain = _BUILDING_WORDS.sub("с", _BLOCK_WORDS.sub("к", plain))
    plain = re.sub(r"[^0-9а-я/-]", "", _GAP_BEFORE_LETTER.sub("", plain)).strip("/-")
    return plain if any(sign in "0123456789" for sign in plain) else ""

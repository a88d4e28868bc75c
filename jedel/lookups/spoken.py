"""A number as it is said, to letters and digits: «четыреста восемьдесят два Анна Борис Елена ноль два». Pure.

Numbers are taken in Russian, Kazakh (also typed without the Kazakh letters) and English; what stands in one
breath is one number («четыреста восемьдесят два» is 482, «сорок восемь два» as well). A letter is said by
its name («бэ», «эф», «игрек»), by any word that begins with it («Анна», «Болат», «bravo»), or written.
"""

import re
from typing import Final

from jedel.registers.identifiers import LOOK_ALIKES

_WORD = re.compile(r"\d+|[^\W\d_]+")
_SAID: Final = {
    0: "ноль нуль нөл нол zero",
    1: "один одна бір бир one",
    2: "два две екі еки two",
    3: "три үш уш three",
    4: "четыре төрт торт four",
    5: "пять бес five",
    6: "шесть алты six",
    7: "семь жеті жети seven",
    8: "восемь сегіз сегиз eight",
    9: "девять тоғыз тогыз nine",
    10: "десять он ten",
    11: "одиннадцать eleven",
    12: "двенадцать twelve",
    13: "тринадцать thirteen",
    14: "четырнадцать fourteen",
    15: "пятнадцать fifteen",
    16: "шестнадцать sixteen",
    17: "семнадцать seventeen",
    18: "восемнадцать eighteen",
    19: "девятнадцать nineteen",
    20: "двадцать жиырма twenty",
    30: "тридцать отыз thirty",
    40: "сорок қырық кырык forty",
    50: "пятьдесят елу fifty",
    60: "шестьдесят алпыс sixty",
    70: "семьдесят жетпіс жетпис seventy",
    80: "восемьдесят сексен eighty",
    90: "девяносто тоқсан токсан ninety",
    100: "сто",
    200: "двести",
    300: "триста",
    400: "четыреста",
    500: "пятьсот",
    600: "шестьсот",
    700: "семьсот",
    800: "восемьсот",
    900: "девятьсот",
}
NUMBERS: Final = {word: value for value, words in _SAID.items() for word in words.split()}
HUNDRED: Final = {"жүз", "жуз", "hundred"}
"""Multiplies what stands before it: «төрт жүз» is 400; alone it is 100."""
SKIPPED: Final = {"и", "and", "номер", "госномер", "нөмір", "нөмірі", "регион", "өңір", "plate", "number"}

LETTER_NAMES: Final = {
    name: letter
    for letter, names in {
        "B": "бэ бе би", "C": "цэ це си", "D": "дэ де", "F": "эф", "G": "гэ ге жи", "H": "ха аш",
        "J": "йот джей", "K": "ка кей", "L": "эл эль", "M": "эм", "N": "эн", "P": "пэ пе пи", "Q": "ку кью",
        "R": "эр", "S": "эс", "T": "тэ те ти", "V": "вэ ве ви", "W": "дубльвэ даблъю", "X": "икс",
        "Y": "игрек уай", "Z": "зэт зет зэд",
    }.items()
    for name in names.split()
}  # fmt: skip
SOUNDS: Final = dict(
    zip("АӘБВГҒДЕЁЖЗИІЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЫЭЮЯ", "AABVGGDEEZZIIJKKLMNNOOPRSTUUUFHHCCSSIEUA", strict=True)
)
"""The Latin letter that a Cyrillic one sounds like: «Роман» is R."""
LETTERS_MAX = 3
"""A longer word is a name for its first letter."""


def heard(text: str) -> tuple[str, ...]:
    """What was said, as letters and digits, the likelier reading first: a name's letter by its sound, then by
    its look («Роман» is R, but who reads a plate's P aloud says «Роман» too)."""
    words = _WORD.findall(text.lower().replace("дубль-", "дубль"))
    found = dict.fromkeys(said for sound in (True, False) if (said := _written(words, by_sound=sound)))
    return tuple(found)


def says_numbers(text: str) -> bool:
    """Whether a number word is among them."""
    return any(word.lower() in NUMBERS for word in _WORD.findall(text))


def _written(words: list[str], *, by_sound: bool) -> str:
    out: list[str] = []
    number: list[int] = []
    room = 0
    for word in words:
        if word in NUMBERS:
            value = NUMBERS[word]
            if number and not 0 < value < room:
                out.append(str(sum(number)))
                number = []
            number.append(value)
            room = _room(word, value)
        elif word in HUNDRED:
            times = number.pop() if number and 1 <= number[-1] <= 9 else 1
            if number:
                out.append(str(sum(number)))
            number, room = [times * 100], 100
        elif word not in SKIPPED:
            if number:
                out.append(str(sum(number)))
                number = []
            out.append(word if word.isdecimal() else _letters(word, by_sound=by_sound))
    if number:
        out.append(str(sum(number)))
    return "".join(out)


def _room(word: str, value: int) -> int:
    """Below what the next word goes on with the same number: hundreds, then tens, then ones. «Он алты» is 16,
    while «десять шесть» is 10 and 6."""
    if value >= 100:
        return 100
    return 10 if value >= 20 or word == "он" else 0


def _letters(word: str, *, by_sound: bool) -> str:
    if word in LETTER_NAMES:
        return LETTER_NAMES[word]
    capitals = word.upper()
    alike = capitals.translate(LOOK_ALIKES)
    if len(word) <= LETTERS_MAX and alike.isascii():
        return alike
    first = capitals[0]
    look = first.translate(LOOK_ALIKES)
    if look.isascii() and not (by_sound and first in SOUNDS):
        return look
    return SOUNDS.get(first, "")

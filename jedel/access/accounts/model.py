"""What makes a password bad, and who may do what to whose account. Pure.

Passwords after NIST SP 800-63B and ASVS 5.0 6.2: long, not a common one, not made of the own name; no rules
of composition, no expiry.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Literal
from uuid import UUID

from jedel.access.model import Principal, Role

PASSWORD_MIN = 12
PASSWORD_MAX = 128

LEFT_MIN = 8
"""So many characters must be left when what everybody would guess is taken away."""

DISTINCT_MIN = 5
RUN_MIN = 4
PERSONAL_MIN = 3

FIRST_CODE_LIFE = timedelta(hours=24)
INVITATION_LIFE = timedelta(days=3)

RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "йцукенгшщзхъ",
    "фывапролджэ",
    "ячсмитьбю",
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
)
"""What fingers run along: keyboards, alphabets, figures; backwards too."""

AS_LETTERS = str.maketrans("@$0!", "asoi")

Weakness = Literal["short", "common", "personal"]


@dataclass(frozen=True, slots=True)
class Account:
    """A member of the staff as the administrator sees it. ``passkeys``: how many; ``begun``: its owner has
    something to sign in with."""

    id: UUID
    login: str
    name: str
    role: Role
    region: str
    language: str
    external: bool
    created_at: datetime
    blocked_at: datetime | None
    signed_in_at: datetime | None
    passkeys: int
    totp: int
    password: bool
    linked: bool

    @property
    def begun(self) -> bool:
        return self.password or self.passkeys > 0 or self.linked


@dataclass(frozen=True, slots=True)
class SignInCode:
    """A code that somebody brought. ``account_id``: none for the first administrator."""

    kind: Literal["first_admin", "invitation", "recovery"]
    account_id: UUID | None
    region: str
    made_by: str


@cache
def common() -> tuple[str, ...]:
    """Words that guessers try first, the longest first; our own list, `common.txt`."""
    text = files("jedel.access.accounts").joinpath("common.txt").read_text()
    return tuple(sorted({line for line in text.split() if line}, key=len, reverse=True))


def weakness(password: str, personal: tuple[str, ...]) -> Weakness | None:
    """Why this password is refused, if it is. ``personal``: log-in and name of its owner."""
    if len(password) < PASSWORD_MIN:
        return "short"
    plain = unicodedata.normalize("NFKC", password).casefold()
    if len(set(plain)) < DISTINCT_MIN:
        return "common"
    own = [part for each in personal for part in each.casefold().split() if len(part) >= PERSONAL_MIN]
    without = _without(plain, sorted(own, key=len, reverse=True))
    left = _without_runs(_without(without, common()))
    left = _without_runs(_without(left.translate(AS_LETTERS), common()))
    if len("".join(left.split())) >= LEFT_MIN:
        return None
    return "personal" if without != plain else "common"


def _without(text: str, words: tuple[str, ...] | list[str]) -> str:
    for word in words:
        text = text.replace(word, "")
    return text


def _without_runs(text: str) -> str:
    """Without every stretch of four and more characters that lie side by side on a keyboard or in a row."""
    kept, at = [], 0
    while at < len(text):
        length = _run_at(text, at)
        if length < RUN_MIN:
            kept.append(text[at])
            length = 1
        at += length
    return "".join(kept)


def _run_at(text: str, at: int) -> int:
    best = 1
    for row in RUNS:
        for line in (row, row[::-1]):
            length = 1
            while at + length < len(text) and text[at : at + length + 1] in line:
                length += 1
            best = max(best, length)
    same = 1
    while at + same < len(text) and text[at + same] == text[at]:
        same += 1
    return max(best, same)


def may_manage(by: Principal, account_id: UUID, role: Role) -> bool:
    """Whether an administrator may change this account or make one of this role: never the own one, and no
    auditor's, who could else be refused or planted by whom he is to watch."""
    return by.role is Role.ADMINISTRATOR and by.id != account_id and role is not Role.AUDITOR


RECOVERED_BY: dict[Role, frozenset[Role]] = {
    Role.OPERATOR: frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    Role.DUTY_OFFICER: frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    Role.OFFICER: frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    Role.SUPERVISOR: frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    Role.ADMINISTRATOR: frozenset({Role.ADMINISTRATOR}),
    Role.AUDITOR: frozenset({Role.AUDITOR}),
}
"""Who may let whom in again. Whoever holds the code could use it himself: so nobody lets in somebody who may
do more than he, and nobody but an auditor lets in an auditor."""


def may_recover(by: Principal, account_id: UUID, role: Role, region: str) -> bool:
    """Whether this one may let that one in again."""
    return by.id != account_id and by.region == region and by.role in RECOVERED_BY[role]

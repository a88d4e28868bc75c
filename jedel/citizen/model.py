"""What citizens may know of a car and a phone, and what becomes of their reports. Pure.

Invariants
1. Nothing that names or leads to a person leaves: free text of a register is reduced to a closed list of
   words; of owners there is only a count.
2. What one may not see is answered exactly like what is not there.
3. A register that was never imported is *unavailable*, never "no" and never "clear".
4. A report changes what is answered only after an officer's yes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from jedel.citizen import errors
from jedel.jurisdictions import CitizenRetention
from jedel.registers.identifiers import compact, luhn_check_digit
from jedel.registers.model import PhoneState

REPORTING_BODIES: Final = frozenset(
    f"{body:02}" for body in (1, 10, 30, 33, 35, 44, 45, *range(49, 55), 86, 91, 98, 99)
)
"""First two digits of a type allocation code (GSMA TS.06 version 25, appendix A, past ones included)."""
TEST_BODIES: Final = frozenset(f"{body:02}" for body in (0, *range(2, 10)))

RECEIPT_DIGITS = 13
HAPPENED_WITHIN = timedelta(days=3 * 365)
HIDDEN_AT_MOST = timedelta(days=366)

_NUMBER_OF_A_PERSON = re.compile(r"(?:\d[\s\-./]*){6,}")
_DAMM: Final = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2), (7, 0, 9, 2, 1, 5, 4, 8, 6, 3), (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6), (6, 1, 2, 3, 0, 4, 5, 9, 7, 8), (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4), (8, 9, 4, 5, 3, 6, 2, 0, 1, 7), (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Checked:
    """``number``: 15 digits. ``software``: the version of an IMEISV, which has 16."""

    number: str
    software: str | None


def imei(text: str) -> Checked:
    """A phone's IMEI as typed, spaces and dashes included.

    Raises:
        ImeiNotDigits, ImeiLength, ImeiCheckDigit, ImeiForTests, ImeiTacUnknown: what is wrong with it.
    """
    found = compact(text)
    if not (found.isascii() and found.isdigit()):
        raise errors.ImeiNotDigits
    if len(found) not in (15, 16):
        raise errors.ImeiLength(digits=len(found))
    check = str(luhn_check_digit(found[:14]))
    if len(found) == 15 and found[14] != check:
        raise errors.ImeiCheckDigit
    if found[:2] in TEST_BODIES:
        raise errors.ImeiForTests(tac=found[:8])
    if found[:2] not in REPORTING_BODIES:
        raise errors.ImeiTacUnknown(tac=found[:8])
    return Checked(found[:14] + check, found[14:] if len(found) == 16 else None)


def plain(text: str | None) -> str | None:
    """Make, model, colour as the register has them; None for what looks like somebody's number."""
    return None if text is None or _NUMBER_OF_A_PERSON.search(text) else text


def restrictions(text: str | None, words: dict[str, list[str]]) -> list[str]:
    """The closed list's codes that a register's text names, ``other`` for any other part of it.

    Args:
        words: code → beginnings or parts of words, in small letters, that mean it.
    """
    found = {
        next((code for code, known in words.items() if any(word in part for word in known)), "other")
        for each in (text or "").split(";")
        if (part := each.strip().lower())
    }
    return sorted(found, key=[*words, "other"].index)


def damm(digits: str) -> int:
    """The check digit that finds every single wrong digit and every swap of neighbours (H. M. Damm, 2004)."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return interim


def receipt_of(number: int) -> str:
    """Thirteen digits, to be said in groups: ``number`` is below 10^12."""
    digits = f"{number:0{RECEIPT_DIGITS - 1}}"
    return f"{digits}{damm(digits)}"


def receipt(text: str) -> str:
    """A receipt as typed or said.

    Raises:
        ReceiptMalformed: a digit is wrong or missing.
    """
    found = compact(text)
    if len(found) != RECEIPT_DIGITS or not (found.isascii() and found.isdigit()) or damm(found):
        raise errors.ReceiptMalformed
    return found


class ReportState(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"


class Reason(StrEnum):
    """Why an officer decided: from a closed list, since the journal keeps it for ever and no name may get
    into it."""

    CALLED_BACK = "called_back"
    DOCUMENTS_SEEN = "documents_seen"
    STATEMENT_TAKEN = "statement_taken"
    NOT_REACHED = "not_reached"
    NOT_THE_OWNER = "not_the_owner"
    PHONE_FOUND = "phone_found"
    TWICE = "twice"


APPROVED_FOR: Final = frozenset({Reason.CALLED_BACK, Reason.DOCUMENTS_SEEN, Reason.STATEMENT_TAKEN})


@dataclass(frozen=True, slots=True)
class Report:
    """A citizen's report. ``imei``, ``place``, ``name`` and ``contact`` are None once they were forgotten."""

    id: UUID
    region: str
    receipt: str
    at: datetime
    imei: str | None
    phone_state: PhoneState
    happened_on: date
    place: str | None
    name: str | None
    contact: str | None
    state: ReportState
    reason: Reason | None
    decided_by: UUID | None
    decided_at: datetime | None


def happened(day: date, today: date) -> None:
    """Raises: ReportOfTheFuture: not within the last three years. A day of grace for time zones."""
    if not today - HAPPENED_WITHIN <= day <= today + timedelta(days=1):
        raise errors.ReportOfTheFuture


def hidden_until(day: date, today: date) -> None:
    """Raises: HiddenUntil: past, or more than a year ahead: nothing is hidden for ever."""
    if not today <= day <= today + HIDDEN_AT_MOST:
        raise errors.HiddenUntil


def decided(report: Report, to: ReportState, reason: Reason) -> bool:
    """Whether it was decided so before.

    Raises:
        WrongReason: one to refuse does not approve, and the other way round.
        ReportDecided: it was decided otherwise.
    """
    if (reason in APPROVED_FOR) != (to is ReportState.APPROVED):
        raise errors.WrongReason(reason=reason)
    if report.state is ReportState.WAITING:
        return False
    if report.state is to:
        return True
    raise errors.ReportDecided(state=report.state)


def retention(rules: Sequence[CitizenRetention], day: date) -> CitizenRetention:
    """The newest rule that is in force on the day; the first one before any is."""
    in_force = [rule for rule in rules if rule.since <= day]
    return max(in_force or rules[:1], key=lambda rule: rule.since)

"""Bodies and answers of look-ups."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from jedel.dispatch.model import Incident, Priority
from jedel.jurisdictions import PurposeRule
from jedel.kernel.schema import Body, LongText, ShortText, Time, View
from jedel.lookups import reading
from jedel.lookups.model import LookUp, Reason, Register, State
from jedel.registers import Malformed, identifiers
from jedel.registers.views import Part

AskedBy = Literal["plate", "vin", "iin", "document", "imei"]
SearchedBy = Literal["pattern", "place", "two_places"]
"""How reads are searched besides by a plate."""
INTERESTS_MAX = 50


def _plate(text: str) -> str:
    return _good(identifiers.plate, text)


def _iin(text: str) -> str:
    return _good(lambda given: identifiers.iin(given).number, text)


def _good(form: Callable[[str], str], text: str) -> str:
    try:
        return form(text)
    except Malformed as fault:
        raise ValueError(str(fault)) from fault


Plate = Annotated[ShortText, AfterValidator(_plate)]
Iin = Annotated[ShortText, AfterValidator(_iin)]
CaseNumber = Annotated[str, Field(pattern=r"^[0-9A-ZА-ЯӘІҢҒҮҰҚӨҺ/-]{3,40}$")]


class Ask(Body):
    """``id`` names the look-up: said again within a quarter of an hour, it is the same one."""

    id: UUID
    purpose: ShortText
    incident_id: UUID | None = None
    case_number: CaseNumber | None = None


class AskVehicle(Ask):
    plate: ShortText | None = None
    vin: ShortText | None = None

    @model_validator(mode="after")
    def _one(self) -> "AskVehicle":
        if (self.plate is None) == (self.vin is None):
            raise ValueError("give a plate or a VIN")
        return self


class AskPerson(Ask):
    iin: ShortText | None = None
    document: ShortText | None = None

    @model_validator(mode="after")
    def _one(self) -> "AskPerson":
        if (self.iin is None) == (self.document is None):
            raise ValueError("give an ИИН or a document number")
        return self


class AskPhone(Ask):
    imei: ShortText


class ReadText(Body):
    """What was typed or said."""

    text: Annotated[ShortText, Field(max_length=reading.TEXT_MAX)]


class ReadingView(View):
    """What a text may be: under ``by`` the register of this ``kind`` is asked for ``number``."""

    kind: Register
    by: AskedBy
    number: str

    @classmethod
    def of(cls, found: reading.Reading) -> "ReadingView":
        return cls(kind=found.register, by=found.asked_by, number=found.number)


class ReasonView(View):
    """An open incident, in as few words as its choice needs."""

    id: UUID
    number: int
    priority: Priority
    title: dict[str, str]
    label: dict[str, str]

    @classmethod
    def of(cls, found: Incident) -> "ReasonView":
        return cls(
            id=found.id,
            number=found.number,
            priority=found.priority,
            title=dict(found.title),
            label=dict(found.label),
        )


class Grant(Body):
    id: UUID


class Refuse(Body):
    """``reason``: what the asker reads."""

    id: UUID
    reason: ShortText


class AskedOffline(Body):
    """What a tablet was asked without a link. ``at``: by its own clock; ``version``: of the list that
    answered; ``found``: whether the plate stood on it."""

    id: UUID
    account_id: UUID
    at: Time
    plate: Plate
    purpose: ShortText
    incident_id: UUID | None = None
    case_number: CaseNumber | None = None
    version: ShortText
    found: bool

    @model_validator(mode="after")
    def _for_something(self) -> "AskedOffline":
        if self.incident_id is None and self.case_number is None:
            raise ValueError("give an incident or a case number")
        return self


class WantedList(View):
    """``plates``: plate, reason, first day. ``as_of`` is None where the register was never imported."""

    version: str
    as_of: datetime | None
    source: str | None
    plates: list[tuple[str, str, date]]
    complete: bool


class Declare(Body):
    """``numbers``: the ИИН of an employee and of his relatives; these and no others."""

    id: UUID
    numbers: Annotated[list[Iin], Field(max_length=INTERESTS_MAX)]


class WhoAsked(Body):
    id: UUID
    iin: Iin


class ToldView(View):
    """What a person may be told. ``about``: the person, or a vehicle of theirs."""

    at: datetime
    purpose: dict[str, str]
    authority: dict[str, str]
    about: Literal["person", "vehicle"]


class HeadView(View):
    """The journal's last signed head: of so many entries, signed then, by the key of this id."""

    entries: int
    signed: int | None
    at: datetime | None
    key: str | None
    root: str | None


class FindLookUps(Body):
    """Which look-ups the auditor wants to see; what is left out may be any. ``asked``: the number."""

    account: UUID | None = None
    asked: Annotated[ShortText, Field(max_length=40)] | None = None
    purpose: Annotated[ShortText, Field(max_length=40)] | None = None
    register_: Annotated[Register | None, Field(alias="register")] = None
    since: Time | None = None
    before: Time | None = None


class FlagSeen(Body):
    id: UUID
    note: LongText


@dataclass(frozen=True, slots=True)
class Known:
    """What accounts and devices are called, and incidents' numbers."""

    names: dict[UUID, str]
    numbers: dict[UUID, int]


class LookUpView(View):
    """Who asked what and why."""

    id: UUID
    at: datetime
    account_id: UUID
    account: str | None
    kind: Register
    asked_by: AskedBy | SearchedBy
    asked: str
    purpose: str
    incident_id: UUID | None
    case_number: str | None
    state: State
    decided_by: UUID | None
    granted_at: datetime | None
    refused_at: datetime | None
    refusal: str | None
    device_id: UUID | None
    offline_at: datetime | None
    incident_number: int | None
    decider: str | None
    device: str | None

    @classmethod
    def of(cls, made: LookUp, known: Known) -> "LookUpView":
        own = {name: getattr(made, name) for name in cls.model_fields if hasattr(made, name)}
        return cls(
            **own,
            kind=made.register,
            account=known.names.get(made.account_id),
            decider=known.names.get(made.decided_by) if made.decided_by else None,
            device=known.names.get(made.device_id) if made.device_id else None,
            incident_number=known.numbers.get(made.incident_id) if made.incident_id else None,
        )


class Answer(View):
    """``parts``: what the registers know, what matters first; None while a second person is waited for, and
    where he refused (``refusal`` says why). ``decided_by``: what he is called."""

    id: UUID
    state: State
    kind: Register
    by: AskedBy
    asked: str
    at: datetime
    decided_by: str | None
    refusal: str | None
    parts: list[Part] | None


class FlagView(View):
    """``seen_by``, ``seen_at``, ``note``: who looked at it, and what he found; None where nobody did."""

    look_up: LookUpView
    reason: Reason
    seen_by: str | None
    seen_at: datetime | None
    note: str | None


class PurposeView(View):
    code: str
    names: dict[str, str]
    needs: Literal["incident", "case", "either"]
    registers: list[Register]
    second_person: bool
    until: date | None

    @classmethod
    def of(cls, rule: PurposeRule) -> "PurposeView":
        return cls(
            code=rule.code,
            names=rule.names,
            needs=rule.needs,
            registers=[register for register in Register if register in rule.registers],
            second_person=rule.second_person,
            until=rule.until,
        )

"""Bodies and answers of look-ups."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator

from jedel.dispatch.model import Incident, Priority
from jedel.jurisdictions import PurposeRule
from jedel.kernel.schema import Body, LongText, ShortText, View
from jedel.lookups import reading
from jedel.lookups.model import LookUp, Reason, Register, State
from jedel.registers.views import Part

AskedBy = Literal["plate", "vin", "iin", "document", "imei"]
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


class FlagSeen(Body):
    id: UUID
    note: LongText


class LookUpView(View):
    """Who asked what and why."""

    id: UUID
    at: datetime
    account_id: UUID
    account: str | None
    kind: Register
    asked_by: AskedBy
    asked: str
    purpose: str
    incident_id: UUID | None
    case_number: str | None
    state: State
    granted_by: UUID | None
    granted_at: datetime | None

    @classmethod
    def of(cls, made: LookUp, names: dict[UUID, str]) -> "LookUpView":
        own = {name: getattr(made, name) for name in cls.model_fields if name not in {"account", "kind"}}
        return cls(**own, account=names.get(made.account_id), kind=made.register)


class Answer(View):
    """``parts``: what the registers know, what matters first; None while a second person is waited for."""

    id: UUID
    state: State
    parts: list[Part] | None


class FlagView(View):
    look_up: LookUpView
    reason: Reason


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

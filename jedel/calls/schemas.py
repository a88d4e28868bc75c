"""Bodies and answers of this room's routes."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from jedel.calls.model import SENTENCES, SIGNS, CallState, EndReason, HelpState, Language
from jedel.kernel.schema import Body, ShortText, View


def _known(code: str) -> str:
    if code not in SIGNS and code not in SENTENCES:
        raise ValueError("no such sentence or sign")
    return code


Code = Annotated[str, Field(max_length=40), AfterValidator(_known)]


class Ring(Body):
    """``signal_id``: the press, which has its receipt already."""

    id: UUID
    signal_id: UUID
    language: Language


class AnswerCall(Body):
    """``instead_of``: the account that has answered before and from whom the conversation is taken over."""

    id: UUID
    instead_of: UUID | None = None


class EndCall(Body):
    id: UUID


class Speak(Body):
    """``language``: of the person before the post, from now on."""

    id: UUID
    language: Language


class Write(Body):
    """A ready sentence or sign by its code, or the officer's own words."""

    id: UUID
    code: Code | None = None
    text: ShortText | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.code is None) == (self.text is None):
            raise ValueError("exactly one of code and text")
        return self


class LineView(View):
    id: UUID
    nth: int
    at: datetime
    side: Literal["post", "desk"]
    code: str | None
    text: str | None


class CallView(View):
    """As the live collection ``calls`` has it. ``state``: lost means that the post is cut off since
    ``lost_at``; ``lines``: the last of them."""

    id: UUID
    region: str
    device_id: UUID
    device_name: str
    camera_id: UUID | None
    alarm_id: UUID | None
    incident_id: UUID | None
    state: CallState
    test: bool
    language: Language
    rang_at: datetime
    answered_at: datetime | None
    answered_by: UUID | None
    answered_name: str | None
    lost_at: datetime | None
    ended_at: datetime | None
    end_reason: EndReason | None
    lines: list[LineView]


class HelpView(View):
    """``minutes``: until the patrol is there, where that is known."""

    state: HelpState
    minutes: int | None


class PostCallView(View):
    """What the person before the post may know: no names, no numbers."""

    id: UUID
    state: CallState
    test: bool
    language: Language
    answered: bool
    end_reason: EndReason | None
    lines: list[LineView]
    help: HelpView


class PostView(View):
    """``call``: the one that is going on; a post that was started anew goes on with it."""

    device_id: UUID
    name: str
    test_until: datetime | None
    now: datetime
    call: PostCallView | None

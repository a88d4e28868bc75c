"""What is said between those who ask for streams and the gateways: JSON over NATS, one question, one answer.

Questions go to `ask_subject` of one gateway. An answer is an object; ``{"error": code, "params": {…}}`` is a
refusal. A still comes as the bytes of a JPEG, which no JSON begins like.
"""

from dataclasses import asdict, dataclass
from typing import Any, Final, Self
from uuid import UUID

import orjson

from jedel.access import Principal
from jedel.kernel.errors import Problem
from jedel.media.errors import BY_CODE, NoGateway
from jedel.media.limits import GRANT_KEYS_MAX

HERE: Final = "jedel.media.here"
"""NATS subject on which gateways say that they are alive."""
JPEG: Final = b"\xff\xd8"


def ask_subject(gateway: str) -> str:
    """Where one gateway is asked."""
    return f"jedel.media.ask.{gateway}"


@dataclass(frozen=True, slots=True)
class Grant:
    """Why somebody may look, or publish.

    ``keys``: names of what the right hangs on (``call:<id>``): cutting any of them ends it. ``who``: the
    actor who holds it; ``session``: of an account, in which he got it. ``unmasked``: sees the picture without
    its masks (a second person agreed to that).
    """

    keys: tuple[str, ...]
    who: str
    unmasked: bool = False
    session: UUID | None = None

    @classmethod
    def to(cls, who: Principal, *keys: str, unmasked: bool = False) -> Self:
        """For whoever asks now."""
        return cls(keys, who.actor, unmasked, who.session_id)

    def view(self) -> dict[str, Any]:
        """For the wire."""
        session = None if self.session is None else str(self.session)
        return {"keys": list(self.keys), "who": self.who, "unmasked": self.unmasked, "session": session}

    @classmethod
    def read(cls, said: Any) -> Self:
        """Raises TypeError, KeyError, ValueError where it is none."""
        keys, who, unmasked = said["keys"], said["who"], said["unmasked"]
        known = isinstance(keys, list) and all(isinstance(key, str) for key in keys)
        if not known or not isinstance(who, str) or not isinstance(unmasked, bool):
            raise TypeError("no grant")
        if len(keys) > GRANT_KEYS_MAX:
            raise ValueError(f"more than {GRANT_KEYS_MAX} keys")
        session = said.get("session")
        return cls(tuple(keys), who, unmasked, None if session is None else UUID(session))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a viewer or publisher gets: the SDP ``sdp``, its own ``viewer_id``, which ``gateway`` serves it,
    and whether the picture is ``masked``."""

    sdp: str
    viewer_id: str
    gateway: str
    masked: bool = False


@dataclass(frozen=True, slots=True)
class StreamState:
    """A stream that runs now. ``fault``: why it gives nothing, None where it does. ``codecs``: of its tracks.
    ``width``, ``height``: pixels, 0 unknown. ``last_at_us``: our clock when the last unit came."""

    stream: str
    gateway: str
    fault: str | None
    codecs: tuple[str, ...]
    width: int
    height: int
    viewers: int
    units: int
    bytes: int
    last_at_us: int

    def view(self) -> dict[str, Any]:
        """For the wire."""
        return asdict(self)


def refusal(problem: Problem) -> bytes:
    """A refusal for the wire."""
    return orjson.dumps(
        {"error": problem.code, "params": {name: str(value) for name, value in problem.params.items()}}
    )


def understood(raw: bytes) -> dict[str, Any]:
    """An answer; raises what the gateway refused with, or NoGateway where it makes no sense."""
    try:
        said = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise NoGateway from None
    if not isinstance(said, dict):
        raise NoGateway
    if "error" in said:
        params = said.get("params")
        raise BY_CODE.get(said["error"], NoGateway)(**(params if isinstance(params, dict) else {}))
    return said

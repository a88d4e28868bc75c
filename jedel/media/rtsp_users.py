"""Other systems that may take streams by RTSP, as a file names them.

JSON, mode 600: ``[{"name": "city", "password": "…", "streams": ["camera/<uuid>", "*"]}]``; a stream's id,
what the ids of one owner begin with, or ``*``. None of them ever sees behind masks. The file is read again
where it changed: who is no longer in it, or not for that stream, or has another password, looks no longer.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import orjson
import structlog

from jedel.media.control import Grant
from jedel.media.judging import Ended, Held, Verdict
from jedel.media.placement import owner_of
from rtsp.auth import Login
from rtsp.server import Refused

log = structlog.get_logger()

PASSWORD_CHARS_MIN = 12
ACTOR: Final = "system:rtsp:"
REFUSED: Final = "system_refused"
"""Why such a viewer was let go."""


class UsersFault(Exception):
    """What is wrong with the file, and what helps."""


@dataclass(frozen=True, slots=True)
class User:
    """One system."""

    name: str
    password: str = field(repr=False)
    streams: frozenset[str]

    def may_see(self, stream: str) -> bool:
        """Whether the file names it."""
        return bool(self.streams & {"*", stream, owner_of(stream)})


class Users:
    """``path``: None: nobody may. A `jedel.media.judging.Judge` of the viewers that it let in. Raises
    UsersFault where the file does not do at the start; one that is spoilt later lets nobody in."""

    wakes: Final = frozenset[str]()

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._state: tuple[int, ...] = ()
        self._users: dict[str, User] = {}
        if path is not None:
            self._state, self._users = _state(path), read(path)

    async def grant_of(self, stream: str, login: Login | None) -> Grant:
        """By which right a system sees a stream. Raises Refused."""
        self._look_again()
        user = self._users.get(login.user) if login is not None else None
        if login is None or user is None or not login.matches(user.password):
            raise Refused(401)
        if not user.may_see(stream):
            raise Refused(403)
        return Grant((_key(user),), f"{ACTOR}{user.name}")

    async def judge(self, held: Sequence[Held]) -> Verdict:
        """Of the other systems' viewers."""
        self._look_again()
        theirs = [each for each in held if each.grant.who.startswith(ACTOR)]
        return Verdict({each.viewer: REFUSED for each in theirs if not self._may(each)})

    async def write_down(self, ended: Sequence[Ended]) -> None:
        """Whose room the stream is says it."""

    def _may(self, held: Held) -> bool:
        user = self._users.get(held.grant.who.removeprefix(ACTOR))
        return user is not None and user.may_see(held.stream) and held.grant.keys == (_key(user),)

    def _look_again(self) -> None:
        if self._path is None or (state := _state(self._path)) == self._state:
            return
        self._state = state
        try:
            self._users = read(self._path)
        except UsersFault as fault:
            self._users = {}
            log.error("nobody may take streams by RTSP", reason=str(fault))


def _key(user: User) -> str:
    """Another with another password."""
    return f"rtsp:{user.name}:{hashlib.sha256(user.password.encode()).hexdigest()[:16]}"


def _state(path: Path) -> tuple[int, ...]:
    """Another where the file is another; empty: there is none."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def read(path: Path) -> dict[str, User]:
    """By name. Raises UsersFault."""
    try:
        if path.stat().st_mode & 0o077:
            raise UsersFault(f"{path} is open to others: chmod 600 {path}")
        found = [
            User(str(one["name"]), str(one["password"]), frozenset(map(str, one["streams"])))
            for one in orjson.loads(path.read_bytes())
        ]
    except OSError as error:
        raise UsersFault(f"{path}: {error.strerror}") from None
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise UsersFault(f"{path} is not what docs/guide/media.md describes: {error!r}") from None
    short = [user.name for user in found if len(user.password) < PASSWORD_CHARS_MIN]
    if short:
        raise UsersFault(f"{path}: passwords of at least {PASSWORD_CHARS_MIN} signs: {', '.join(short)}")
    return {user.name: user for user in found}

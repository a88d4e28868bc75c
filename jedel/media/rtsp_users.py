"""Other systems that may take streams by RTSP, as a file names them.

JSON, mode 600: ``[{"name": "city", "password": "…", "streams": ["camera/<uuid>", "*"]}]``; a stream's id,
what the ids of one owner begin with, or ``*``. None of them ever sees behind masks.
"""

from dataclasses import dataclass, field
from pathlib import Path

import orjson

from jedel.media.control import Grant
from jedel.media.placement import owner_of
from rtsp.auth import Login
from rtsp.server import Refused

PASSWORD_CHARS_MIN = 12


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
    """``path``: None: nobody may."""

    def __init__(self, path: Path | None) -> None:
        self._users = {} if path is None else read(path)

    async def grant_of(self, stream: str, login: Login | None) -> Grant:
        """By which right a system sees a stream. Raises Refused."""
        user = self._users.get(login.user) if login is not None else None
        if login is None or user is None or not login.matches(user.password):
            raise Refused(401)
        if not user.may_see(stream):
            raise Refused(403)
        return Grant((f"rtsp:{user.name}",), f"system:rtsp:{user.name}")


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

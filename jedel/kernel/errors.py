"""Errors that a person or a device hears about, each with a code, an HTTP status and parameters.

The words are not here: every room keeps them in its ``messages.json`` in Kazakh, Russian and English.
"""

from typing import ClassVar


class Problem(Exception):
    """Base of all refusals. Subclasses name a ``code`` and a ``status``; ``params`` fill the message."""

    code: ClassVar[str] = "problem"
    status: ClassVar[int] = 400

    def __init__(self, **params: object) -> None:
        super().__init__(f"{self.code} {params}" if params else self.code)
        self.params = params


class NotFound(Problem):
    """Nothing by this id, or nothing that the asker may know of. ``what``, ``id``."""

    code = "not_found"
    status = 404


class WrongRegion(NotFound):
    """The thing belongs to another region: answered exactly as if it did not exist."""


class Unauthenticated(Problem):
    """No session or device key, or one that has ended."""

    code = "unauthenticated"
    status = 401


class Forbidden(Problem):
    """Known, but not allowed."""

    code = "forbidden"
    status = 403


class OutsideMap(Problem):
    """A place where the region's map does not reach. ``lon``, ``lat`` in degrees."""

    code = "outside_map"
    status = 422


class TooMany(Problem):
    """A limit was reached. ``limit``."""

    code = "too_many"
    status = 429


class Unavailable(Problem):
    """Something that is needed does not answer now. ``what``."""

    code = "unavailable"
    status = 503

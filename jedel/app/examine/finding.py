"""What a check of the doctor says."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """`skipped`: it could not be looked at, and `what` says why."""

    OK = "ok"
    SKIPPED = "skipped"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True)
class Finding:
    """One fault has one name (`check`), so that it can be looked up and counted."""

    check: str
    state: State
    what: str
    remedy: str = ""

    def view(self) -> dict[str, str]:
        """For machines."""
        return {"check": self.check, "state": self.state, "what": self.what, "remedy": self.remedy}


def ok(check: str, what: str) -> Finding:
    """Nothing wrong."""
    return Finding(check, State.OK, what)


def skipped(check: str, why: str) -> Finding:
    """Not looked at."""
    return Finding(check, State.SKIPPED, why)


def warning(check: str, what: str, remedy: str) -> Finding:
    """It works, but not for ever or not for everyone."""
    return Finding(check, State.WARNING, what, remedy)


def fault(check: str, what: str, remedy: str) -> Finding:
    """It does not work."""
    return Finding(check, State.FAULT, what, remedy)

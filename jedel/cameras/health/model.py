"""Whether a camera sees: what one look found, and what follows from several. Pure.

A fault is believed after as many looks as LOOKS_BAD names, a camera that sees again after LOOKS_GOOD: one
truck before the lens or one lost packet changes nothing. Looks are 7 to 10 seconds apart, so that each of
these faults is found within 30 seconds. Why the thresholds are what they are: docs/design/camera-health.md.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class Code(StrEnum):
    """Why a camera is unavailable. What comes first hides what comes after."""

    NO_FRAMES = "no_frames"
    BLACK = "black"  # one even surface: no light, a cap, a hand
    FROZEN = "frozen"
    BLURRED = "blurred"
    MOVED = "moved"  # it shows another scene than it used to
    CLOCK_WRONG = "clock_wrong"
    STORAGE_SHORT = "storage_short"  # what should be kept of it is not, or not for so long


class State(StrEnum):
    UNKNOWN = "unknown"
    UP = "up"
    DOWN = "down"


STATE_NUMBER: Final = {State.UNKNOWN: 0, State.UP: 1, State.DOWN: 2}

LOOKS_BAD: Final = {
    Code.NO_FRAMES: 2,
    Code.BLACK: 2,
    Code.FROZEN: 2,  # two times the same as the one before: three equal pictures
    Code.BLURRED: 3,
    Code.MOVED: 3,
    Code.CLOCK_WRONG: 2,
    Code.STORAGE_SHORT: 2,
}
LOOKS_GOOD: Final = 2
NEVER_SEEN: Final = 4
"""More looks for a camera that this gateway has not seen well yet: it may still be starting, as we are."""
STREAK: Final = 3
"""So many bad looks in a row are believed though each found something else; the last one names it."""

EVEN: Final = 12.0
"""Between the 5th and the 95th of 100 parts of the picture's points lie fewer grey values: it is even."""
CHANGED_BLOCK: Final = 0.35
"""Mean grey values by which a block differs from itself before, where a sensor looks: its noise does that."""
STILL: Final = 0.06
"""Share of blocks that may change in a frozen picture: those in which the camera draws its clock."""
LIVELY: Final = 0.60
"""Share of blocks that usually change; of a camera whose picture is mostly still, only all points count."""
NEVER_CHANGED: Final = 40
"""Equal looks of a camera that nobody has seen change yet: six minutes after which it is not just quiet."""
SHARPNESS_LEFT: Final = 0.2
"""Less of the sharpness that this view had is blurred."""
SHARP_ENOUGH: Final = 90.0
"""However sharp it was before, above this a picture is not blurred."""
SHARPNESS_MIN: Final = 3.0
"""Nothing that is in focus has less, wherever it looks."""
LIKE_MIN: Final = 0.5
"""Two pictures of one scene are at least so alike (-1…1), by day, by night, with people in them."""
LIKE_TO_LEARN: Final = 0.65
CLOCK_WRONG_S: Final = 5.0
"""A camera's clock may be so wrong; recordings keep our time, but what is burnt into the picture misleads."""
NEW_VIEW: Final = "jedel.cameras.new_view"
"""NATS: a camera's id as text; what it shows now is what it should show."""
VIEWS_MAX: Final = 4
"""What one camera may have shown by turns and still be right: day, night, curtain drawn."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one keyframe shows. ``spread``: grey values between the 5th and the 95th of 100 parts of its
    points; ``changed``: share of blocks that differ from the look before, None without one; ``equal``: not
    one point differs; ``sharp``: variance of the Laplacian in the sharper quarter of its blocks; ``like``:
    likeness to the most alike of its views, None while it has none; ``sharp_then``: of that view."""

    spread: float
    changed: float | None
    equal: bool
    sharp: float
    like: float | None
    sharp_then: float | None


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a camera. ``seen``: None where no picture came; ``fixed``: it should
    show the same scene every day; ``usual``: share of blocks that usually change, None while nobody knows;
    ``still``: looks in a row with equal pictures, this one counted."""

    seen: Seen | None
    fixed: bool = True
    usual: float | None = None
    clock_error_s: float | None = None
    storage_short: bool = False
    still: int = 0


def judged(look: Look) -> Code | None:
    """What is wrong, the worst first; None: it sees."""
    seen = look.seen
    if seen is None:
        return Code.NO_FRAMES
    if seen.spread < EVEN:
        return Code.BLACK
    if _frozen(seen, look):
        return Code.FROZEN
    if _blurred(seen):
        return Code.BLURRED
    if look.fixed and seen.like is not None and seen.like < LIKE_MIN:
        return Code.MOVED
    if look.clock_error_s is not None and abs(look.clock_error_s) > CLOCK_WRONG_S:
        return Code.CLOCK_WRONG
    return Code.STORAGE_SHORT if look.storage_short else None


def _frozen(seen: Seen, look: Look) -> bool:
    usual = look.usual or 0.0
    if seen.equal:
        return usual > 0 or look.still >= NEVER_CHANGED
    return seen.changed is not None and usual >= LIVELY and seen.changed <= STILL


def _blurred(seen: Seen) -> bool:
    if seen.sharp < SHARPNESS_MIN:
        return True
    then = seen.sharp_then
    same = seen.like is not None and seen.like >= LIKE_MIN
    return same and then is not None and seen.sharp < min(SHARPNESS_LEFT * then, SHARP_ENOUGH)


@dataclass(frozen=True, slots=True)
class Change:
    """A camera is in another state, or down for another reason."""

    state: State
    code: Code | None
    detail: str
    since: datetime


@dataclass(slots=True)
class Standing:
    """What is believed of one camera, look by look."""

    state: State = State.UNKNOWN
    code: Code | None = None
    _good: int = 0
    _bad: int = 0
    _same: int = 0
    _last: Code | None = None
    _began: datetime | None = None
    _well: bool = False

    @property
    def sure(self) -> bool:
        """Whether the last looks agree with what is believed."""
        return not self._good if self.state is State.DOWN else not self._bad

    def rest(self, now: datetime) -> Change | None:
        """It comes to us, nothing comes, and nothing ought to: nobody knows how it is, but for one whose
        picture was bad when it was last seen. A camera that does not send is no faulty one."""
        self._good = self._bad = self._same = 0
        self._last, self._well = None, False
        known = self.state is State.UNKNOWN or (self.state is State.DOWN and self.code is not Code.NO_FRAMES)
        if known:
            return None
        self.state, self.code = State.UNKNOWN, None
        return Change(State.UNKNOWN, None, "", now)

    def look(self, code: Code | None, detail: str, now: datetime) -> Change | None:
        """Take in what a look found; a change where it is believed from now on. ``since`` of a fault is its
        first look."""
        if code is None:
            self._good, self._bad, self._same, self._last = self._good + 1, 0, 0, None
            self._well = True
            first = self.state is State.UNKNOWN
            if self.state is State.UP or (self._good < LOOKS_GOOD and not first):
                return None
            self.state, self.code = State.UP, None
            return Change(State.UP, None, "", now)
        if self._bad == 0:
            self._began = now
        self._good, self._bad = 0, self._bad + 1
        self._same = self._same + 1 if code is self._last else 1
        if self._same == 1 and self.state is State.DOWN:
            self._began = now
        self._last = code
        more = 0 if self._well else NEVER_SEEN
        if self._same < LOOKS_BAD[code] + more and self._bad < STREAK + more:
            return None
        if self.state is State.DOWN and (self.code is code or self._same < LOOKS_BAD[code]):
            return None
        self.state, self.code = State.DOWN, code
        return Change(State.DOWN, code, detail, self._began or now)

"""How likely a text is, of what a network held likely step by step (CTC). Pure but for numpy.

A row is (steps, 37): nothing, then SIGNS; each step sums to 1. A text is the numbers of its signs in SIGNS.
Graves et al., Connectionist Temporal Classification, ICML 2006.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

_LEAST: Final = 1e-12

Row = NDArray[np.float32]
Text = tuple[int, ...]


class Aligned(NamedTuple):
    """The likeliest way to a text: its signs, and the step at which each is likeliest."""

    text: Text
    steps: tuple[int, ...]


def chances(row: Row, texts: Sequence[Text]) -> NDArray[np.float64]:
    """(len(texts),) how likely each is, all ways to it together; over all texts there are they sum to 1."""
    longest = max((len(text) for text in texts), default=0)
    labels = np.zeros((len(texts), 2 * longest + 1), np.intp)
    for nth, text in enumerate(texts):
        labels[nth, 1 : 2 * len(text) : 2] = np.array(text, np.intp) + 1
    jumps = np.zeros(labels.shape)
    jumps[:, 2:] = (labels[:, 2:] != 0) & (labels[:, 2:] != labels[:, :-2])
    likely = row.astype(np.float64)[:, labels]
    at = np.zeros(labels.shape)
    at[:, :2] = likely[0, :, :2]
    for step in likely[1:]:
        came = at.copy()
        came[:, 1:] += at[:, :-1]
        came[:, 2:] += jumps[:, 2:] * at[:, :-2]
        at = came * step
    ends = np.array([2 * len(text) for text in texts], np.intp)
    every = np.arange(len(texts))
    return np.asarray(at[every, ends] + np.where(ends > 0, at[every, np.maximum(ends - 1, 0)], 0.0))


def aligned(row: Row, may: Sequence[Sequence[Sequence[str]]], signs: str) -> list[Aligned | None]:
    """The likeliest text of each pattern; a pattern has the signs that may stand at each of its places. None
    where the row has no way to one."""
    most = max((len(each) for each in may), default=0)
    allowed = np.full((len(may), most, len(signs)), -np.inf)
    for nth, pattern in enumerate(may):
        for place, here in enumerate(pattern):
            allowed[nth, place, [signs.index(sign) for sign in here]] = 0.0
    log = np.log(np.maximum(row.astype(np.float64), _LEAST))
    on = np.full(allowed.shape, -np.inf)
    """[pattern, place, sign]: the best way that is on that sign now."""
    off = np.full((len(may), most + 1), -np.inf)
    """[pattern, places done]: the best way that is on nothing now."""
    off[:, 0] = 0.0
    came_on = np.zeros((len(row), *on.shape), np.int16)
    came_off = np.zeros((len(row), *off.shape), np.int16)
    numbers = np.arange(len(signs))
    for step, likely in enumerate(log):
        best = on.argmax(2)
        first = np.take_along_axis(on, best[..., None], 2)[..., 0]
        rest = np.where(numbers == best[..., None], -np.inf, on)
        other = rest.argmax(2)
        second = np.take_along_axis(rest, other[..., None], 2)[..., 0]
        # into a place: from nothing, or straight from another sign of the place before
        before = np.full(on.shape, -np.inf)
        before[:, 1:] = np.where(numbers == best[:, :-1, None], second[:, :-1, None], first[:, :-1, None])
        whence = np.zeros(on.shape, np.int16)
        whence[:, 1:] = np.where(numbers == best[:, :-1, None], other[:, :-1, None], best[:, :-1, None]) + 2
        fresh = off[:, :-1, None]
        came = np.where(before > fresh, whence, 1)
        entered = np.maximum(before, fresh)
        came_on[step] = np.where(on >= entered, 0, came)
        on_next = np.maximum(on, entered) + likely[1:] + allowed
        came_off[step, :, 1:] = np.where(off[:, 1:] >= first, 0, best + 1)
        off[:, 1:] = np.maximum(off[:, 1:], first)
        off += likely[0]
        on = on_next
    return [_back(row, nth, len(pattern), on, off, came_on, came_off) for nth, pattern in enumerate(may)]


def _back(
    row: Row,
    nth: int,
    length: int,
    on: NDArray[np.float64],
    off: NDArray[np.float64],
    came_on: NDArray[np.int16],
    came_off: NDArray[np.int16],
) -> Aligned | None:
    """From the end of a pattern's best way to its beginning."""
    sign = int(on[nth, length - 1].argmax())
    ends_on = on[nth, length - 1, sign] > off[nth, length]
    if not np.isfinite(max(on[nth, length - 1, sign], off[nth, length])):
        return None
    text, steps, runs = [0] * length, [0] * length, [0.0] * length
    place, now = (length - 1, sign) if ends_on else (length, -1)
    for step in range(len(row) - 1, -1, -1):
        if now < 0:
            came = int(came_off[step, nth, place])
            if came:
                place, now = place - 1, came - 1
            continue
        text[place] = now
        if row[step, now + 1] >= runs[place]:
            runs[place], steps[place] = float(row[step, now + 1]), step
        came = int(came_on[step, nth, place, now])
        if came == 1:
            now = -1
        elif came > 1:
            place, now = place - 1, came - 2
    return Aligned(tuple(text), tuple(steps))

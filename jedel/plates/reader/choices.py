"""Which plates a picture may show, and how likely each: the network's steps weighed with the grammar.

Invariants
1. Every choice is a text that the picture itself makes likely: nothing is put in because a list or a register
   has it.
2. What the grammar has as it was read is only ever beaten by what the picture holds likelier; what looks like
   another country's plate is not turned into one of ours.
3. The likelihoods of all choices and of what is not among them sum to 1.
"""

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from math import exp
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from jedel.plates.keys import LONGEST
from jedel.plates.model import foreign, of_rows, parse, series
from jedel.plates.reader.lattice import Aligned, Row, Text, aligned, chances
from jedel.plates.reader.model import SIGNS, Choice

OURS: Final = exp(2.5)
"""A plate that the grammar has, or of another country's shape, is so much likelier before one looks than
signs that nobody issues."""
CLEAR: Final = 0.98
"""A plate of the grammar that is read with so much certainty is not weighed against others."""
KEPT: Final = 6
_OTHER_MIN: Final = 0.01
_OTHERS: Final = 14
_ROWS_KEPT: Final = 12
_ANY: Final = tuple(SIGNS)

Pattern = tuple[tuple[str, ...], ...]
"""The signs that may stand at each place of one row."""


class _Layout(NamedTuple):
    """How a series stands in one row or two: the pattern of each row, and where the text's places are in
    the rows put together."""

    rows: tuple[Pattern, ...]
    order: tuple[int, ...]


def weigh(path: NDArray[np.float32]) -> tuple[Choice, ...]:
    """(2, steps, 37) of one plate, each step summing to 1 → its choices, the likeliest first, six at most;
    none where nothing was read or more than a plate has."""
    first, second = path
    greedy = [_greedy(first), _greedy(second)]
    rows = [text for text, _ in greedy if text]
    as_read = "".join(map(_said, rows))
    if not 2 <= len(as_read) <= LONGEST:
        return ()
    sure = float(np.prod([p for _, each in greedy for p in each]))
    plain = of_rows([_said(row) for row in rows])
    if plain is not None and sure >= CLEAR:
        return (Choice(plain, "/".join(map(_said, rows)), sure),)
    weights, explained = _weights(first, second, greedy[0][0], greedy[1][0])
    rest = max(0.0, 1.0 - explained)
    whole = sum(weight for weight, _ in weights.values()) + rest
    ranked = sorted(((weight / whole, text, raw) for text, (weight, raw) in weights.items()), reverse=True)
    return tuple(Choice(text, raw, round(p, 6)) for p, text, raw in ranked[:KEPT])


def _weights(first: Row, second: Row, top: Text, bottom: Text) -> tuple[dict[str, tuple[float, str]], float]:
    """Text → (weight, as it stands), and how much of all there may be these explain."""
    layouts = [
        each
        for each in _layouts()
        if abs(len(each.rows[0]) - len(top)) <= 1
        and (len(each.rows) == 1 or abs(len(each.rows[1]) - len(bottom)) <= 1)
    ]
    above = _texts(first, top, {each.rows[0] for each in layouts})
    below = _texts(second, bottom, {each.rows[1] for each in layouts if len(each.rows) == 2})
    free = (_ANY,) * len(top), (_ANY,) * len(bottom)
    pairs: dict[tuple[Text, Text], tuple[float, tuple[int, ...]]] = {}
    for a, p in above[free[0]]:
        for b, q in below[free[1]]:
            pairs[a, b] = (p * q, tuple(range(len(a) + len(b))))
    nothing = below[()][0][1]
    for each in layouts:
        for a, p in above[each.rows[0]]:
            for b, q in below[each.rows[1]] if len(each.rows) == 2 else [((), nothing)]:
                pairs[a, b] = (p * q, each.order)
    found: dict[str, tuple[float, str]] = {}
    for (a, b), (p, order) in pairs.items():
        signs = a + b
        text = _said([signs[at] for at in order])
        weight = p * (OURS if _known(text) else 1.0)
        if weight > found.get(text, (0.0, ""))[0]:
            found[text] = (weight, "/".join(_said(row) for row in (a, b) if row))
    return found, sum(p for p, _ in pairs.values())


def _texts(row: Row, greedy: Text, patterns: set[Pattern]) -> defaultdict[Pattern, list[tuple[Text, float]]]:
    """Pattern → its likeliest texts in this row with how likely each is; also of any signs as many as were
    read, and of nothing."""
    free = (_ANY,) * len(greedy)
    wanted = sorted({*patterns, free} - {()})
    texts = {
        pattern: _others(row, way, pattern)
        for pattern, way in zip(wanted, aligned(row, wanted, SIGNS), strict=True)
        if way is not None
    }
    texts[()] = [()]
    every = sorted({text for each in texts.values() for text in each})
    likely = dict(zip(every, chances(row, every).tolist(), strict=True))
    found: defaultdict[Pattern, list[tuple[Text, float]]] = defaultdict(list)
    for pattern, each in texts.items():
        ranked = sorted(((likely[text], text) for text in each), reverse=True)
        found[pattern] = [(text, p) for p, text in ranked[:_ROWS_KEPT]]
    return found


def _others(row: Row, way: Aligned, pattern: Pattern) -> list[Text]:
    """The text, and those with one or two signs that were nearly read there instead."""
    near = [
        (float(row[step, 1 + other] / max(row[step, 1 + sign], 1e-9)), place, other)
        for place, (sign, step) in enumerate(zip(way.text, way.steps, strict=True))
        for other in np.flatnonzero(row[step, 1:] >= _OTHER_MIN).tolist()
        if other != sign and SIGNS[other] in pattern[place]
    ]
    near.sort(reverse=True)
    found = [way.text]
    for nth, (_, place, other) in enumerate(near[:_OTHERS]):
        one = (*way.text[:place], other, *way.text[place + 1 :])
        more = ((at, sign) for _, at, sign in near[nth + 1 : _OTHERS // 2] if at != place)
        found += [one, *((*one[:at], sign, *one[at + 1 :]) for at, sign in more)]
    return found


def _greedy(row: Row) -> tuple[Text, list[float]]:
    """The likeliest of each step, put together, and how sure of each sign at its surest step."""
    best = row.argmax(1)
    text: list[int] = []
    sure: list[float] = []
    for step, sign in enumerate(best.tolist()):
        if sign and (step == 0 or best[step - 1] != sign):
            text.append(sign - 1)
            sure.append(0.0)
        if sign:
            sure[-1] = max(sure[-1], float(row[step, sign]))
    return tuple(text), sure


def _said(text: Sequence[int]) -> str:
    return "".join(SIGNS[sign] for sign in text)


def _known(text: str) -> bool:
    """A possible plate of ours, or one of another country's shape."""
    plate = parse(text)
    return foreign(text) if plate.series is None else plate.possible


@cache
def _layouts() -> tuple[_Layout, ...]:
    found = []
    for each in series():
        starts = [sum(each.groups[:nth]) for nth in range(len(each.groups))]
        for layout in each.rows.values():
            places = [[starts[nth] + at for nth in row for at in range(each.groups[nth])] for row in layout]
            joined = [place for row in places for place in row]
            rows = tuple(tuple(tuple(each.may(place)) for place in row) for row in places)
            found.append(_Layout(rows, tuple(joined.index(place) for place in range(len(joined)))))
    return tuple(dict.fromkeys(found))

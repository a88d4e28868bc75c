"""What every bench answers with: one figure against its goal, and against a peer where there is one."""

from dataclasses import asdict, dataclass

import orjson


@dataclass(frozen=True, slots=True)
class Result:
    """`figure` in `unit`; `met` against `goal`; `ratio` = figure / peer_figure (times: below 1 is ahead)."""

    bench: str
    figure: float
    unit: str
    goal: float
    met: bool
    peer: str | None = None
    peer_figure: float | None = None
    ratio: float | None = None

    def line(self) -> str:
        """The last line that a bench prints: JSON."""
        return orjson.dumps(asdict(self)).decode()

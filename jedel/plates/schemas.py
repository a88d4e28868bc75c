"""Answers of the routes that take reads."""

from jedel.kernel.schema import View


class RefusedRead(View):
    """``index`` in the message."""

    index: int
    reason: str


class ReadsTaken(View):
    """Carried to the workers, not yet stored. ``repeated``: said before; ``faults``: what was wrong with
    parts of reads, or with the camera's clock."""

    accepted: int
    repeated: int
    refused: list[RefusedRead]
    faults: list[str]

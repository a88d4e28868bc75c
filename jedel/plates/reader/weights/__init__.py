"""The networks, by name, each checked against the hash in ``weights.json`` before it is loaded."""

from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

import onnxruntime as ort
import orjson

from jedel.plates.reader.errors import ReaderUnavailable

_HERE: Final = files(__name__)


@cache
def card() -> dict[str, Any]:
    """What is known of the weights: ``{"networks": {name: {"file", "sha256"}}, …}``."""
    known: dict[str, Any] = orjson.loads(_HERE.joinpath("weights.json").read_bytes())
    return known


def session(name: str, threads: int = 1) -> ort.InferenceSession:
    """A network ready to run on ``threads`` cores. Raises ReaderUnavailable where its file is missing or is
    not the one that was tested."""
    known = card()["networks"][name]
    try:
        raw = _HERE.joinpath(known["file"]).read_bytes()
    except OSError as missing:
        raise ReaderUnavailable(
            "jedel", f"{known['file']} is missing: install the package again"
        ) from missing
    if sha256(raw).hexdigest() != known["sha256"]:
        raise ReaderUnavailable(
            "jedel", f"{known['file']} is not the file that was tested: install the package again"
        )
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return ort.InferenceSession(raw, options, providers=["CPUExecutionProvider"])

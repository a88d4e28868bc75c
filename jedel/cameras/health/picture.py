"""What one picture shows, as figures: from a decoded keyframe's brightness (numpy, OpenCV).

A picture is made 640 wide at most before anything is measured, so that a small and a large stream of one
camera give like figures. Edges are kept as one bit a point of 80 x 45, which is what a view takes: 450 bytes.
"""

from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from jedel.cameras.health.model import CHANGED_BLOCK, LIKE_TO_LEARN, VIEWS_MAX, Seen

WIDTH_MAX: Final = 640
SMALL: Final = (320, 180)
BLOCK: Final = 20
"""Points of a block's side in the small picture: 16 x 9 blocks."""
EDGES: Final = (80, 45)
EDGE_SHARE: Final = 0.2
PARTS: Final = (3, 4)
VIEW_BYTES: Final = EDGES[0] * EDGES[1] // 8 + 4
USUAL_WEIGHT: Final = 0.1
"""Of the last look, in what usually changes."""

Grey = NDArray[np.uint8]
Bits = NDArray[np.bool_]


@dataclass(slots=True)
class View:
    """A scene that the camera shows when it is well."""

    edges: Bits
    sharp: float


@dataclass(slots=True)
class Memory:
    """What is kept of a camera from look to look."""

    small: Grey | None = None
    usual: float | None = None
    still: int = 0
    views: list[View] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Measured:
    """``seen`` for the judgement, the rest for the memory."""

    seen: Seen
    small: Grey
    edges: Bits
    nearest: int | None


def measure(grey: Grey, memory: Memory) -> Measured:
    """Look at a picture's brightness (height, width), with what is remembered of the camera."""
    if grey.shape[1] > WIDTH_MAX:
        size = WIDTH_MAX, max(1, grey.shape[0] * WIDTH_MAX // grey.shape[1])
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    small = cv2.resize(grey, SMALL, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    edges = _edges(small)
    low, high = np.percentile(small, (5, 95))
    changed, equal = _changed(small, memory.small)
    likes = [like(edges, view.edges) for view in memory.views]
    nearest = int(np.argmax(likes)) if likes else None
    seen = Seen(
        spread=float(high - low),
        changed=changed,
        equal=equal,
        sharp=_sharp(grey),
        like=None if nearest is None else likes[nearest],
        sharp_then=None if nearest is None else memory.views[nearest].sharp,
    )
    return Measured(seen, small, edges, nearest)


def remember(memory: Memory, found: Measured, *, well: bool) -> bool:
    """Keep what a look found; True where the camera's views changed. ``well``: it sees."""
    memory.small = found.small
    memory.still = memory.still + 1 if found.seen.equal else 0
    if not well:
        return False
    changed = found.seen.changed
    if changed is not None:
        before = memory.usual if memory.usual is not None else changed
        memory.usual = before + USUAL_WEIGHT * (changed - before)
    if found.nearest is None:
        memory.views.append(View(found.edges, found.seen.sharp))
        return True
    view = memory.views[found.nearest]
    assert found.seen.like is not None
    if found.seen.like < LIKE_TO_LEARN:
        if len(memory.views) < VIEWS_MAX:  # still the scene, in another light
            memory.views.append(View(found.edges, found.seen.sharp))
            return True
        return False
    view.sharp += USUAL_WEIGHT * (found.seen.sharp - view.sharp)
    return False


def like(a: Bits, b: Bits) -> float:
    """How much two edge maps are of one scene, -1…1: the third part of the picture that is most alike, so
    that a truck before the lens is no other scene. A step to a side costs little."""
    left, right = (
        _parts(np.asarray(cv2.blur(each.astype(np.float32), (5, 5)), dtype=np.float32)) for each in (a, b)
    )
    norm = np.sqrt((left * left).sum(axis=1) * (right * right).sum(axis=1))
    found = np.divide((left * right).sum(axis=1), norm, out=np.zeros_like(norm), where=norm > 1)
    return float(np.sort(found)[-(PARTS[0] * PARTS[1] // 3)])


def _parts(edges: NDArray[np.float32]) -> NDArray[np.float32]:
    """(12, points) of a map, each part about its own mean."""
    rows, columns = PARTS
    parts = edges.reshape(rows, EDGES[1] // rows, columns, EDGES[0] // columns).transpose(0, 2, 1, 3)
    flat = parts.reshape(rows * columns, -1)
    return np.asarray(flat - flat.mean(axis=1, keepdims=True), dtype=np.float32)


def _edges(small: Grey) -> Bits:
    tiny = cv2.resize(small, EDGES, interpolation=cv2.INTER_AREA).astype(np.float32)
    strength = cv2.magnitude(cv2.Sobel(tiny, cv2.CV_32F, 1, 0), cv2.Sobel(tiny, cv2.CV_32F, 0, 1))
    found: Bits = strength > max(float(np.quantile(strength, 1 - EDGE_SHARE)), 4.0)
    return found


def _sharp(grey: Grey) -> float:
    """Blocks by the variance of their Laplacian: the lowest of the sharper quarter, so that a clock that is
    drawn into a blurred picture does not make it sharp."""
    lines = cv2.Laplacian(grey, cv2.CV_32F)
    side_y, side_x = max(lines.shape[0] // 9, 1), max(lines.shape[1] // 16, 1)
    whole = lines[: side_y * 9, : side_x * 16].reshape(9, side_y, 16, side_x)
    return float(np.quantile(whole.var(axis=(1, 3)), 0.75))


def _changed(small: Grey, before: Grey | None) -> tuple[float | None, bool]:
    if before is None:
        return None, False
    apart = cv2.absdiff(small, before)
    blocks = apart.reshape(SMALL[1] // BLOCK, BLOCK, SMALL[0] // BLOCK, BLOCK).mean(axis=(1, 3))
    return float((blocks > CHANGED_BLOCK).mean()), not bool(apart.any())


def packed(views: list[View]) -> bytes:
    """Views as the database keeps them."""
    return b"".join(np.packbits(view.edges).tobytes() + np.float32(view.sharp).tobytes() for view in views)


def unpacked(raw: bytes) -> list[View]:
    """Views from the database; what is no view is left out."""
    found = []
    for at in range(0, len(raw) - VIEW_BYTES + 1, VIEW_BYTES):
        part = raw[at : at + VIEW_BYTES]
        bits = np.unpackbits(np.frombuffer(part[:-4], dtype=np.uint8)).astype(np.bool_)
        found.append(View(bits.reshape(EDGES[1], EDGES[0]), float(np.frombuffer(part[-4:], dtype="<f4")[0])))
    return found[:VIEWS_MAX]

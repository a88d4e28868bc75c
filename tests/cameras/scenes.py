"""Pictures as a camera gives them: a drawn scene, its light, noise, people, and what can go wrong."""

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
SIZE = (640, 360)


def scene(seed: int = 1) -> NDArray[np.float32]:
    """Houses, windows, a road: brightness 0…1, (720, 1280), of which a camera sees the middle."""
    dice = np.random.default_rng(seed)
    found = np.full((720, 1280), 0.55, dtype=np.float32)
    for _ in range(60):
        x, y = int(dice.integers(0, 1200)), int(dice.integers(0, 660))
        w, h = int(dice.integers(30, 260)), int(dice.integers(20, 200))
        cv2.rectangle(found, (x, y), (x + w, y + h), float(dice.uniform(0.1, 0.95)), -1)
    for _ in range(120):
        a, b = dice.integers(0, (1280, 720)), dice.integers(0, (1280, 720))
        cv2.line(found, a.tolist(), b.tolist(), float(dice.uniform(0.1, 0.95)), int(dice.integers(1, 4)))
    return found


def shot(
    what: NDArray[np.float32],
    seed: int,
    *,
    light: float = 1.0,
    noise: float = 2.0,
    shift: tuple[int, int] = (0, 0),
    blur: float = 0.0,
    people: int = 0,
    clock: str = "",
) -> Grey:
    """A picture: (360, 640). ``shift``: points by which the camera was turned."""
    dice = np.random.default_rng(seed)
    x, y = 320 + shift[0], 180 + shift[1]
    part = what[y : y + 360, x : x + 640].copy()
    for _ in range(people):
        at = int(dice.integers(0, 600)), int(dice.integers(120, 300))
        cv2.ellipse(part, at, (14, 45), 0, 0, 360, float(dice.uniform(0, 1)), -1)
    if blur:
        part = cv2.GaussianBlur(part, (0, 0), blur).astype(np.float32)
    grey = 16 + 219 * part * light + dice.normal(0, noise, part.shape)
    if clock:
        cv2.putText(grey, clock, (10, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 235, 1)
    return np.clip(grey, 0, 255).astype(np.uint8)

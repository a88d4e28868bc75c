"""What a camera does to a plate: angle, light, blur, noise, compression. To leave cameras out they have to
differ, so each is a set of ranges; `TRAIN` are trained on, `APART` never."""

from dataclasses import dataclass
from random import Random
from typing import Any

import cv2
import numpy as np

Picture = Any


@dataclass(frozen=True, slots=True)
class Camera:
    """Ranges of one camera. Angles in degrees, blur in pixels of its own picture, noise in grey levels."""

    name: str
    yaw: tuple[float, float]
    pitch: tuple[float, float]
    roll: tuple[float, float]
    blur: tuple[float, float]
    motion: tuple[float, float]
    noise: tuple[float, float]
    light: tuple[float, float]  # 1: day; below 0.35: night
    glare: float  # share of pictures with a headlight or the sun in them
    jpeg: tuple[int, int]


TRAIN = (
    Camera("overhead", (-25, 25), (8, 35), (-5, 5), (0.0, 1.1), (0, 3), (1, 7), (0.5, 1.2), 0.06, (45, 95)),
    Camera(
        "roadside", (-52, 52), (0, 20), (-10, 10), (0.2, 1.3), (0, 4), (1, 9), (0.35, 1.15), 0.08, (40, 92)
    ),
    Camera("night", (-32, 32), (2, 28), (-6, 6), (0.3, 1.5), (0, 5), (5, 18), (0.1, 0.4), 0.45, (40, 90)),
    Camera(
        "patrol car", (-35, 35), (-8, 10), (-8, 8), (0.0, 1.4), (0, 5), (1, 10), (0.25, 1.2), 0.15, (35, 90)
    ),
    Camera("gate", (-12, 12), (-5, 22), (-4, 4), (0.0, 0.8), (0, 1), (1, 5), (0.5, 1.25), 0.05, (60, 96)),
)
APART = (
    Camera(
        "bridge, apart", (-18, 18), (22, 38), (-7, 7), (0.4, 1.2), (0, 4), (3, 10), (0.4, 1.1), 0.1, (50, 80)
    ),
    Camera(
        "corner, apart", (30, 48), (5, 18), (3, 12), (0.3, 1.0), (0, 3), (2, 8), (0.45, 1.2), 0.1, (45, 85)
    ),
    Camera(
        "night road, apart",
        (-25, 25),
        (5, 25),
        (-5, 5),
        (0.5, 1.3),
        (1, 5),
        (8, 16),
        (0.12, 0.32),
        0.6,
        (45, 80),
    ),
)


def corners(camera: Camera, rng: Random, width: float, aspect: float) -> np.ndarray[Any, Any]:
    """(4, 2) where a plate of a width in pixels (seen from the front) stands, from its upper left clockwise,
    around 0, 0. A turned plane in a pinhole camera."""
    height = width / aspect
    flat = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float64) * (width / 2, height / 2)
    yaw, pitch, roll = (np.radians(rng.uniform(*r)) for r in (camera.yaw, camera.pitch, camera.roll))
    x, y = flat[:, 0], flat[:, 1]
    z = x * np.sin(yaw) + y * np.sin(pitch) * 1.0
    x, y = x * np.cos(yaw), y * np.cos(pitch)
    far = width * rng.uniform(4, 12)
    x, y = x * far / (far + z), y * far / (far + z)
    turned = np.stack([x * np.cos(roll) - y * np.sin(roll), x * np.sin(roll) + y * np.cos(roll)], 1)
    return np.asarray(turned, np.float32)


def develop(picture: Picture, camera: Camera, rng: Random, sharp: float = 1.0) -> Picture:
    """The camera's picture of a scene: light, glare, blur, motion, noise, JPEG. Takes and gives uint8, grey
    or BGR. ``sharp`` below 1: less blur, for small plates, of which nobody could read more."""
    light = rng.uniform(*camera.light)
    seen = picture.astype(np.float32)
    if light < 0.4:  # by night plates throw light back, the rest does not
        seen = np.power(seen / 255, rng.uniform(0.9, 1.5)) * 255
    # a camera for plates is set so that a plate is not black, whatever the street is
    seen *= float(np.clip(light * rng.uniform(1.0, 1.9), 0.22, 1.0)) if light < 0.6 else light
    seen = (
        (seen - 110) * rng.uniform(0.55, 1.2) + rng.uniform(85, 125) * min(1.0, light + 0.3)
        if rng.random() < 0.35
        else seen
    )
    if rng.random() < camera.glare:
        _glare(seen, rng, light)
    sigma = rng.uniform(*camera.blur) * sharp
    if sigma > 0.25:
        seen = cv2.GaussianBlur(seen, (0, 0), sigma)
    motion = rng.uniform(*camera.motion) * sharp
    if motion > 1.2:
        seen = cv2.filter2D(
            seen, -1, _smear(motion, rng.uniform(-20, 20) if rng.random() < 0.7 else rng.uniform(0, 180))
        )
    grain = np.random.default_rng(rng.getrandbits(32)).standard_normal(seen.shape, dtype=np.float32)
    seen += grain * rng.uniform(*camera.noise) * min(1.0, 0.25 + light)
    taken = np.clip(seen, 0, 255).astype(np.uint8)
    if rng.random() < 0.85:
        coded = cv2.imencode(".jpg", taken, [cv2.IMWRITE_JPEG_QUALITY, rng.randint(*camera.jpeg)])[1]
        taken = cv2.imdecode(coded, cv2.IMREAD_UNCHANGED)
    return taken


def _glare(seen: Picture, rng: Random, light: float) -> None:
    height, width = seen.shape[:2]
    cx, cy = rng.uniform(-0.2, 1.2) * width, rng.uniform(-0.3, 1.3) * height
    ys, xs = np.ogrid[:height, :width]
    wide = rng.uniform(0.1, 0.5) * max(height, width)
    blob = np.exp(-((xs - cx) ** 2 + (ys - cy) ** 2) / (2 * wide * wide)).astype(np.float32) * rng.uniform(
        30, 140
    )
    seen += blob if seen.ndim == 2 else blob[..., None]


def _smear(length: float, angle: float) -> Picture:
    size = int(length) | 1
    kernel = np.zeros((size + 2, size + 2), np.float32)
    middle = (size + 2) / 2 - 0.5
    dx, dy = np.cos(np.radians(angle)) * length / 2, np.sin(np.radians(angle)) * length / 2
    ends = [
        (round((middle - dx) * 16), round((middle - dy) * 16)),
        (round((middle + dx) * 16), round((middle + dy) * 16)),
    ]
    cv2.line(kernel, ends[0], ends[1], 1.0, 1, cv2.LINE_AA, 4)
    return kernel / max(1e-6, kernel.sum())

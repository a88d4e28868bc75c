"""What cameras see inside a school: corridor, classroom, entrance, stairs."""

from dataclasses import dataclass
from math import pi, sin
from random import Random

from simulator.cameras.draw import Canvas, Figure, Image, figure, shade

WALLS = ((200, 215, 220), (190, 210, 190), (215, 205, 190), (185, 200, 225), (205, 205, 205))
FLOORS = ((110, 130, 150), (95, 110, 120), (120, 125, 120), (90, 105, 140))
DOORS = ((70, 100, 150), (60, 80, 120), (150, 150, 150), (90, 120, 90))


@dataclass(frozen=True, slots=True)
class _Walker:
    """``start``: share of the loop; ``side``: −1..1 across the way; ``away``: from us."""

    who: Figure
    start: float
    lasts: float
    side: float
    away: bool

    def part(self, at: float) -> float | None:
        """How far it has gone, 0..1; None: not there."""
        gone = (at - self.start) % 1.0 / self.lasts
        return gone if gone <= 1 else None


def _walkers(rng: Random, count: int, lasts: tuple[float, float] = (0.45, 0.8)) -> list[_Walker]:
    return [
        _Walker(
            Figure.any(rng),
            (nth + rng.uniform(0, 0.6)) / count,
            rng.uniform(*lasts),
            rng.uniform(-0.8, 0.8),
            rng.random() < 0.5,
        )
        for nth in range(count)
    ]


class Corridor:
    """Doors on both sides, lamps above, pupils on their way."""

    def __init__(self, seed: str, size: tuple[int, int]) -> None:
        rng = Random(seed)
        self.wall, self.vanish = rng.choice(WALLS), (rng.uniform(0.38, 0.62), rng.uniform(0.3, 0.4))
        floor, door = rng.choice(FLOORS), rng.choice(DOORS)
        self.canvas = canvas = Canvas.plain(size, self.wall)
        (vx, vy), near = self.vanish, 0.1
        left, right, top, low = (vx - 0.07, vx + 0.07, vy - 0.09, vy + 0.12)
        canvas.fill([(0, 0), (1, 0), (right, top), (left, top)], (225, 228, 230))
        canvas.fill([(-0.15, 1), (1.15, 1), (right, low), (left, low)], floor)
        canvas.fill([(0, 0), (left, top), (left, low), (-0.15, 1), (0, 1)], shade(self.wall, 0.92))
        canvas.fill([(1, 0), (right, top), (right, low), (1.15, 1), (1, 1)], shade(self.wall, 0.84))
        canvas.box(left, top, right, low, shade(self.wall, 1.1))
        canvas.box(vx - 0.03, vy - 0.05, vx + 0.03, low, shade(door, 1.2))
        for nth in range(5):
            a, b = near + nth * 0.18, near + nth * 0.18 + 0.1
            for side in (-1, 1):
                self._door(side, a, b, shade(door, 0.8 + 0.1 * (nth % 3)), 100 * rng.randint(1, 4) + nth)
            self._lamp(a, b)
        for part in (0.15, 0.3, 0.5, 0.75, 0.95):
            y = low + (1 - low) * part**1.5
            share = (y - low) / (1 - low)
            ends = [(left + (-0.15 - left) * share, y), (right + (1.15 - right) * share, y)]
            canvas.line(ends, shade(floor, 0.93), 0.002)
        canvas.rough(rng.randrange(1 << 30))
        self.people = _walkers(rng, rng.randint(4, 7))

    def _along(self, side: float, high: float, part: float) -> tuple[float, float]:
        """A point of the wall: ``part`` 0 near us, 1 at the end; ``high`` 0 floor, 1 ceiling."""
        vx, vy = self.vanish
        deep = 1 / (1 + 6 * part)
        return vx + side * 0.62 * deep, vy + (1.05 - vy) * deep - high * 1.15 * deep

    def _door(self, side: int, a: float, b: float, colour: tuple[int, int, int], number: int) -> None:
        at = self._along
        self.canvas.fill([at(side, 0, a), at(side, 0.62, a), at(side, 0.62, b), at(side, 0, b)], colour)
        self.canvas.fill(
            [
                at(side, 0.68, a + 0.02),
                at(side, 0.76, a + 0.02),
                at(side, 0.76, b - 0.03),
                at(side, 0.68, b - 0.03),
            ],
            (240, 240, 235),
        )
        if a < 0.5:
            x, y = at(side, 0.69, (a + b) / 2)
            self.canvas.words(str(number), x - 0.014, y, 0.024, (60, 60, 60))

    def _lamp(self, a: float, b: float) -> None:
        at = self._along
        self.canvas.fill(
            [at(-0.16, 0.98, a), at(0.16, 0.98, a), at(0.16, 0.98, b), at(-0.16, 0.98, b)], (252, 254, 255)
        )

    def draw(self, at: float) -> Image:
        canvas = self.canvas.copy()
        shown = [
            (gone if walker.away else 1 - gone, gone, walker)
            for walker in self.people
            if (gone := walker.part(at)) is not None
        ]
        for far, gone, walker in sorted(shown, key=lambda each: -each[0]):
            x, foot = self._along(walker.side * 0.7, 0, 0.12 + far * 1.3)
            deep = 1 / (1 + 6 * (0.12 + far * 1.3))
            figure(canvas, walker.who, x, foot, 0.85 * deep, gone * 14, walker.away)
        return canvas.image


class Classroom:
    """Rows of desks, who sits there, and a teacher before the board."""

    def __init__(self, seed: str, size: tuple[int, int]) -> None:
        rng = Random(seed)
        wall = rng.choice(WALLS)
        self.canvas = canvas = Canvas.plain(size, wall)
        canvas.fade(0.55, 1, rng.choice(FLOORS), shade(rng.choice(FLOORS), 0.8))
        board = rng.choice(((60, 90, 50), (70, 70, 70), (235, 235, 235)))
        canvas.box(0.27, 0.14, 0.73, 0.4, (90, 120, 150))
        canvas.box(0.28, 0.155, 0.72, 0.385, board)
        for row in range(4):
            canvas.line(
                [(0.31, 0.2 + row * 0.045), (rng.uniform(0.4, 0.66), 0.2 + row * 0.045)],
                shade(board, 0.75 if board[0] > 200 else 2.2),
                0.005,
            )
        for nth in range(3):
            x = 0.02 + nth * 0.075
            canvas.box(x, 0.12, x + 0.06, 0.42, (250, 244, 232))
            canvas.line([(x + 0.03, 0.12), (x + 0.03, 0.42)], (190, 190, 190), 0.006)
        self.teacher = Figure.any(rng)
        self.pupils = [
            (row, column, Figure.any(rng), rng.random())
            for row in range(4)
            for column in range(5)
            if rng.random() < 0.8
        ]
        self.desk = rng.choice(((120, 160, 190), (150, 175, 200), (100, 140, 160)))
        canvas.rough(rng.randrange(1 << 30))
        self.pace = rng.choice((1, 2))

    def draw(self, at: float) -> Image:
        canvas = self.canvas.copy()
        walk = sin(2 * pi * at * self.pace)
        figure(canvas, self.teacher, 0.5 + walk * 0.18, 0.6, 0.4, at * 12)
        for row in range(4):
            deep = 0.62 + row * 0.13
            scale = 0.55 + row * 0.2
            for _, column, who, phase in (each for each in self.pupils if each[0] == row):
                x = 0.5 + (column - 2) * 0.17 * (0.75 + row * 0.16)
                nod = sin(2 * pi * (at * (2 + column % 3) + phase))
                self._pupil(canvas, who, (x + nod * 0.004, deep), scale, raised=nod > 0.96)
            for column in range(5):
                x, half = 0.5 + (column - 2) * 0.17 * (0.75 + row * 0.16), 0.06 * (0.75 + row * 0.16)
                canvas.fill(
                    [
                        (x - half, deep + 0.03),
                        (x + half, deep + 0.03),
                        (x + half * 1.1, deep + 0.075),
                        (x - half * 1.1, deep + 0.075),
                    ],
                    self.desk,
                )
                canvas.line([(x - half, deep + 0.075), (x - half, deep + 0.16)], (80, 80, 80), 0.006)
                canvas.line([(x + half, deep + 0.075), (x + half, deep + 0.16)], (80, 80, 80), 0.006)
        return canvas.image

    @staticmethod
    def _pupil(canvas: Canvas, who: Figure, at: tuple[float, float], scale: float, *, raised: bool) -> None:
        """Seen from behind."""
        (x, y), wide, tall = at, 0.034 * scale, 0.13 * scale
        canvas.fill(
            [
                (x - wide, y + tall * 0.5),
                (x - wide * 0.8, y - tall * 0.35),
                (x + wide * 0.8, y - tall * 0.35),
                (x + wide, y + tall * 0.5),
            ],
            who.coat,
        )
        canvas.disc(x, y - tall * 0.65, 0.038 * scale, who.hair)
        if raised:
            canvas.line(
                [(x + wide * 0.8, y - tall * 0.2), (x + wide * 1.2, y - tall * 1.3)], who.coat, 0.02 * scale
            )


class Entrance:
    """Glass doors, turnstiles, a guard's desk; people come in and go out."""

    def __init__(self, seed: str, size: tuple[int, int]) -> None:
        rng = Random(seed)
        wall, floor = rng.choice(WALLS), rng.choice(FLOORS)
        self.canvas = canvas = Canvas.plain(size, wall)
        canvas.fade(0.5, 1, floor, shade(floor, 1.25))
        self.middle = rng.uniform(0.4, 0.6)
        canvas.box(self.middle - 0.2, 0.1, self.middle + 0.2, 0.56, (60, 60, 60))
        for nth in range(4):
            x = self.middle - 0.19 + nth * 0.0965
            canvas.box(x, 0.12, x + 0.086, 0.55, (235, 225, 205))
            canvas.box(x, 0.38, x + 0.086, 0.55, (150, 175, 150))
        canvas.words("ENTRANCE", self.middle - 0.06, 0.08, 0.035, (60, 60, 150))
        side = rng.choice((0.04, 0.78))
        self.guard, self.desk = Figure.any(rng), side
        self.tint = rng.choice(DOORS)
        canvas.rough(rng.randrange(1 << 30))
        self.people = _walkers(rng, rng.randint(4, 7), (0.35, 0.6))

    def draw(self, at: float) -> Image:
        canvas = self.canvas.copy()
        figure(canvas, self.guard, self.desk + 0.09 + sin(2 * pi * at) * 0.01, 0.68, 0.36, 0)
        canvas.fill(
            [(self.desk, 0.55), (self.desk + 0.18, 0.55), (self.desk + 0.19, 0.76), (self.desk - 0.01, 0.76)],
            self.tint,
        )
        shown = [
            ((1 - gone) if walker.away else gone, gone, walker)
            for walker in self.people
            if (gone := walker.part(at)) is not None
        ]
        before = [each for each in shown if each[0] < 0.35]
        for near, gone, walker in sorted(before, key=lambda each: each[0]):
            self._person(canvas, near, gone, walker)
        for nth in range(-1, 3):
            x = self.middle + (nth - 0.5) * 0.13
            canvas.box(x - 0.018, 0.58, x + 0.018, 0.76, (120, 120, 125))
            canvas.line(
                [(x, 0.62), (x + 0.055, 0.64)],
                (60, 60, 200) if (round(at * 12) + nth) % 4 else (60, 190, 60),
                0.012,
            )
        for near, gone, walker in sorted(
            (each for each in shown if each[0] >= 0.35), key=lambda each: each[0]
        ):
            self._person(canvas, near, gone, walker)
        return canvas.image

    def _person(self, canvas: Canvas, near: float, gone: float, walker: _Walker) -> None:
        x = self.middle + walker.side * (0.16 + 0.22 * near)
        figure(canvas, walker.who, x, 0.56 + near * 0.6, 0.3 + near * 0.55, gone * 12, walker.away)


class Stairs:
    """A flight up and a flight down, a landing with a window."""

    def __init__(self, seed: str, size: tuple[int, int]) -> None:
        rng = Random(seed)
        wall, step = rng.choice(WALLS), rng.choice(FLOORS)
        self.canvas = canvas = Canvas.plain(size, wall)
        self.flip = rng.random() < 0.5
        canvas.box(0.35, 0.05, 0.62, 0.3, (250, 242, 226))
        for x in (0.44, 0.53):
            canvas.line([(x, 0.05), (x, 0.3)], (170, 170, 170), 0.008)
        canvas.fade(0.93, 1, step, shade(step, 0.8))
        for nth in range(12):
            y = 0.42 + nth * 0.045
            half = 0.2 + nth * 0.028
            canvas.box(self._x(0.5) - half, y, self._x(0.5) + half, y + 0.024, shade(step, 1.25))
            canvas.box(self._x(0.5) - half, y + 0.022, self._x(0.5) + half, y + 0.045, shade(step, 0.75))
        for side in (-1, 1):
            ends = [(self._x(0.5) + side * 0.2, 0.3), (self._x(0.5) + side * 0.53, 0.85)]
            canvas.line(ends, rng.choice(DOORS), 0.022)
        canvas.words(f"{rng.randint(1, 4)}", 0.06, 0.3, 0.12, shade(wall, 0.6))
        canvas.rough(rng.randrange(1 << 30))
        self.people = _walkers(rng, rng.randint(4, 6), (0.4, 0.7))

    def _x(self, x: float) -> float:
        return 1 - x - 0.06 if self.flip else x + 0.06

    def draw(self, at: float) -> Image:
        canvas = self.canvas.copy()
        shown = [
            ((1 - gone) if walker.away else gone, gone, walker)
            for walker in self.people
            if (gone := walker.part(at)) is not None
        ]
        for near, gone, walker in sorted(shown, key=lambda each: each[0]):
            bob = abs(sin(pi * gone * 12)) * 0.012
            x = self._x(0.5) + walker.side * (0.13 + 0.18 * near)
            figure(
                canvas, walker.who, x, 0.44 + near * 0.62 - bob, 0.26 + near * 0.45, gone * 12, walker.away
            )
        return canvas.image

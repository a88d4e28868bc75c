"""What can go wrong with walls."""

from jedel.kernel.errors import Problem


class NotYourWall(Problem):
    """Somebody else's wall: it may be looked at and copied. ``name``."""

    code = "wall_not_yours"
    status = 403


class TooManyWalls(Problem):
    """``limit``."""

    code = "wall_too_many"
    status = 409


class TilesDoNotFit(Problem):
    """The layout has fewer tiles. ``limit``."""

    code = "wall_tiles"
    status = 422

"""What can be wrong with a question about what cameras see."""

from jedel.kernel.errors import Problem


class WhereFrom(Problem):
    """Neither a unit nor a place with a direction was named."""

    code = "cameras_where_from"
    status = 422


class UnitNowhere(Problem):
    """Nobody knows where the unit is, or which way it goes. ``id``."""

    code = "cameras_unit_nowhere"
    status = 409

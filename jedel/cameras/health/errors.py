"""What can be wrong with what is asked of work orders."""

from jedel.kernel.errors import Problem


class OrderStep(Problem):
    """A work order does not go from its state to that one. ``state``, ``to``."""

    code = "cameras_order_step"
    status = 409

"""What tests share."""

from tests.support.api import Api, Seat
from tests.support.waiting import eventually, in_proportion

__all__ = ["Api", "Seat", "eventually", "in_proportion"]

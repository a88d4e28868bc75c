"""What tests share."""

from tests.support.api import Api, Seat
from tests.support.waiting import eventually

__all__ = ["Api", "Seat", "eventually"]

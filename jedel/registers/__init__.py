"""Registers: local mirrors of vehicles, owners, insurance, wanted lists, fines, phones and weapon permits.

Others use ``repository`` (exact look-ups), ``views`` (what matters first), ``model`` and ``identifiers``.
"""

from jedel.registers.identifiers import Malformed
from jedel.registers.model import Kind, PersonRecord, PhoneRecord, VehicleRecord

__all__ = ["Kind", "Malformed", "PersonRecord", "PhoneRecord", "VehicleRecord"]

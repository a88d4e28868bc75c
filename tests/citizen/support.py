"""Registers of one car and one phone behind the citizen services, and citizens at addresses of theirs."""

from pathlib import Path
from typing import Any

import httpx

from jedel.journal import Store
from jedel.registers.importer import import_register
from jedel.registers.model import Kind
from tests.registers import make
from tests.support import Api
from tests.support.api import Seat

SOURCE = "Test office"
PHONE = make.imei("35209900176148")
CLEAR_PHONE = make.imei("35209900176149")
UNKNOWN_PLATE = "777ZZZ01"


async def fill(store: Store, folder: Path, *kinds: Kind) -> None:
    """The one good row of each register."""
    for kind in kinds or tuple(Kind):
        await import_register(store, kind, make.file(folder, kind), source=SOURCE)


def citizen(client: Api, address: str = "203.0.113.5", **headers: str) -> Seat:
    """Somebody without an account at an address."""
    assert client.app is not None
    transport = httpx.ASGITransport(client.app, raise_app_exceptions=False, client=(address, 40_000))
    return Seat(transport=transport, base_url="http://test", headers={"Accept-Language": "en"} | headers)


async def check_plate(seat: Seat, plate: str, **more: Any) -> httpx.Response:
    return await seat.post("/api/citizen/vehicle", json={"plate": plate} | more)


async def check_imei(seat: Seat, imei: str, **more: Any) -> httpx.Response:
    return await seat.post("/api/citizen/imei", json={"imei": imei} | more)

"""The page of simulated devices: any visitor presses any button, over real MQTT or DC-09, and opens a tablet.

It holds the demo devices' keys and exists in the demo only; it is served on a port of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import uvicorn
from fastapi import FastAPI, HTTPException
from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.staticfiles import StaticFiles

from simulator.config import Device
from simulator.devices import NoReceipt
from simulator.devices.drone import Complex
from simulator.flights import Flights
from simulator.life import Life

DIST = Path(__file__).parents[1] / "web" / "devices" / "dist"
"""Where the page is built."""
PRESS_WITHIN_S = 15.0


class PressBody(BaseModel):
    """A visitor's press."""

    model_config = ConfigDict(extra="forbid")

    device_id: Annotated[str, Field(max_length=64)]
    level: Literal["help", "lockdown"]


DRIVES = ("stolen", "clones")


class DriveBody(BaseModel):
    """A visitor's wish."""

    model_config = ConfigDict(extra="forbid")

    what: Literal["stolen", "clones"]


class LinkBody(BaseModel):
    """A visitor cuts the link of a drone or a mobile complex, or lets it come back."""

    model_config = ConfigDict(extra="forbid")

    unit_id: Annotated[str, Field(max_length=64)]
    linked: bool


def make_page(life: Life) -> FastAPI:
    """The page's application over a running city."""
    app = FastAPI(title="Jedel demo devices", openapi_url=None, docs_url=None, redoc_url=None)
    devices = {device.id: device for device in life.config.alarms}

    @app.get("/devices")
    async def list_devices() -> list[dict[str, Any]]:
        return [_device(life, device) for device in devices.values()]

    @app.post("/press")
    async def press(body: PressBody) -> dict[str, Any]:
        device = devices.get(body.device_id)
        if device is None or body.level not in device.levels:
            raise HTTPException(404, "there is no such device, or it has no such button")
        try:
            receipt = await life.alarmers[device.id].press(body.level, within_s=PRESS_WITHIN_S)
        except NoReceipt as error:
            raise HTTPException(504, str(error)) from error
        return {
            "receipt": receipt.receipt,
            "alarm": receipt.alarm,
            "ms": round(receipt.ms, 1),
            "tries": receipt.tries,
            "transport": device.transport,
        }

    _drives(app, life)
    _flights(app, life.flights)

    @app.get("/tablets")
    async def tablets() -> list[dict[str, str]]:
        signs = life.config.call_signs
        return [
            {"unit_id": unit_id, "call_sign": signs.get(unit_id, ""), "url": f"tablets/{unit_id}"}
            for unit_id in sorted(life.patrols, key=lambda unit_id: signs.get(unit_id, ""))
        ]

    @app.get("/tablets/{unit_id}")
    async def open_tablet(unit_id: str) -> Response:
        """The visitor gets this tablet; its simulated crew steps aside until he leaves."""
        patrol = life.patrols.get(unit_id)
        if patrol is None:
            raise HTTPException(404, "there is no such patrol")
        region = patrol.picture.unit.get("region", "00")
        lon, lat = patrol.hand_over()
        pair = urlencode({"device": patrol.device.id, "pair": bare(patrol.device.private_key or "")})
        link = f"{pair}&region={region}&unit={unit_id}&drive={lon:.6f},{lat:.6f}"
        return RedirectResponse(
            f"{life.config.url}/tablet/#{link}", 303, headers={"Cache-Control": "no-store"}
        )

    @app.get("/about")
    async def about() -> dict[str, Any]:
        return {"console_url": life.config.url + "/", "accounts": list(life.config.accounts)}

    @app.get("/status")
    async def status() -> dict[str, Any]:
        return {"line": life.status(), "counts": dict(life.counts)}

    _mount(app)
    return app


def _drives(app: FastAPI, life: Life) -> None:
    @app.get("/drives")
    async def list_drives() -> list[str]:
        """What a visitor may have driven past the cameras: nothing where there are none."""
        return list(DRIVES) if life.street else []

    @app.post("/drives")
    async def drive(body: DriveBody) -> dict[str, Any]:
        if life.street is None:
            raise HTTPException(404, "this city has no cameras")
        if body.what == "stolen":
            return await life.street.drive_stolen(life.meeting())
        return await life.street.show_clones()

    @app.get("/drives/{plate}")
    async def told(plate: str) -> list[dict[str, str]]:
        """The patrols whose tablets ring because of this car, as their feeds say."""
        signs = life.config.call_signs
        return [
            {"unit_id": unit_id, "call_sign": signs.get(unit_id, ""), "url": f"tablets/{unit_id}"}
            for unit_id, patrol in life.patrols.items()
            if patrol.told_of(plate)
        ]


def _flights(app: FastAPI, flights: Flights) -> None:
    @app.get("/drones")
    async def drones() -> list[dict[str, Any]]:
        return [_crew(crew) for crew in flights.crews.values()]

    @app.post("/drones")
    async def link(body: LinkBody) -> dict[str, Any]:
        if body.unit_id not in flights.crews:
            raise HTTPException(404, "there is no such drone")
        await flights.link(body.unit_id, body.linked)
        return _crew(flights.crews[body.unit_id])


def _crew(crew: Complex) -> dict[str, Any]:
    return {
        "unit_id": crew.unit_id, "call_sign": crew.flying.call_sign, "kind": crew.flying.kind,
        "linked": crew.linked,
    }  # fmt: skip


def bare(pem: str) -> str:
    """A PEM's content for an address, where + and / mean other things."""
    lines = (line for line in pem.splitlines() if line and not line.startswith("-----"))
    return "".join(lines).replace("+", "-").replace("/", "_").rstrip("=")


def _mount(app: FastAPI) -> None:
    if DIST.is_dir():
        app.mount("/", StaticFiles(directory=DIST, html=True), name="page")
        return

    @app.get("/")
    async def not_built() -> Response:
        return PlainTextResponse("The page is not built yet: `make web` builds it.", 503)


def _device(life: Life, device: Device) -> dict[str, Any]:
    site = life.sites.get(device.site_id or "")
    return {
        "id": device.id,
        "kind": device.kind,
        "name": site["name"] if site else device.name,
        "address": (site["address"] or None) if site else None,
        "transport": device.transport,
        "levels": list(device.levels),
    }


class PageServer(uvicorn.Server):
    """uvicorn within somebody else's loop: signals stay with the program."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def page_server(life: Life, host: str, port: int) -> PageServer:
    """A server for the page; `serve()` runs it, `should_exit` ends it."""
    return PageServer(
        uvicorn.Config(
            make_page(life),
            host=host,
            port=port,
            lifespan="off",
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=2,
        )
    )

"""What the simulator is told: where the centre is, and which devices with which keys it plays."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Device:
    """One enrolled device. `key` signs in by HTTP and MQTT; one with a `private_key` (PKCS #8, PEM) has none;
    `account` and `aes_key` are a DC-09 panel's."""

    id: str
    key: str | None
    kind: str
    name: str
    private_key: str | None = None
    unit_id: str | None = None
    site_id: str | None = None
    account: str | None = None
    aes_key: str | None = None
    camera: int | None = None
    """A plate camera's number in the simulator's own world, from 1."""
    driver: str | None = None

    @property
    def transport(self) -> str:
        """How its signals travel: 'mqtt' or 'dc09'."""
        return "dc09" if self.kind == "panel" else "mqtt"

    @property
    def levels(self) -> tuple[str, ...]:
        """The buttons that it has."""
        return ("help",) if self.kind == "post" else ("help", "lockdown")


@dataclass(frozen=True, slots=True)
class Address:
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Flying:
    """A drone or a mobile complex. ``device``: its crew's tablet; ``camera``: its name among the simulated
    cameras; ``system`` and ``secret`` (32 bytes in hex): of its MAVLink, none of a complex."""

    device: Device
    call_sign: str
    kind: str
    camera: str
    system: int | None = None
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Streets:
    """What traffic is made of: the extract whose roads are driven, and the register's size and day."""

    map: str
    vehicles: int
    today: str
    seed: int = 7
    cars: int = 2_000
    cameras: int = 12
    reads_per_s: float = 1.5


@dataclass(frozen=True, slots=True)
class Config:
    """The demo's `devices.json`. `call_signs` by unit id; `accounts` are shown to the page's visitor."""

    url: str
    mqtt: Address
    dc09: Address
    devices: tuple[Device, ...]
    call_signs: dict[str, str]
    accounts: tuple[dict[str, str], ...] = ()
    streets: Streets | None = None
    mavlink: Address | None = None
    """Where the centre hears drones."""
    flying: tuple[Flying, ...] = ()

    @property
    def alarms(self) -> tuple[Device, ...]:
        """Everything with an alarm button."""
        return tuple(device for device in self.devices if device.kind in ("post", "panic_button", "panel"))

    @property
    def cameras(self) -> tuple[Device, ...]:
        """Cameras that read plates."""
        return tuple(device for device in self.devices if device.kind == "camera" and device.camera)

    @property
    def tablets(self) -> tuple[Device, ...]:
        """Tablets that belong to a patrol."""
        return tuple(device for device in self.devices if device.kind == "tablet" and device.unit_id)


class ConfigUnreadable(Exception):
    """The file is missing or is no devices.json; the text says which."""


def read(path: Path) -> Config:
    """Read a `devices.json`. Fields it has beyond ours are left alone."""
    try:
        told = json.loads(path.read_text("utf-8"))
        return _config(told)
    except OSError as error:
        raise ConfigUnreadable(f"{path}: {error.strerror}; it is written by `jedel up --demo`") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigUnreadable(f"{path}: not the devices of a demo ({error!r})") from error


def _config(told: dict[str, Any]) -> Config:
    heard = told.get("mavlink")
    return Config(
        url=told["url"].rstrip("/"),
        mqtt=Address(told["mqtt"]["host"], int(told["mqtt"]["port"])),
        dc09=Address(told["dc09"]["host"], int(told["dc09"]["port"])),
        devices=tuple(_device(device) for device in told["devices"]),
        call_signs={unit["id"]: unit["call_sign"] for unit in told["units"]},
        accounts=tuple(told.get("accounts", ())),
        streets=Streets(**told["streets"]) if told.get("streets") else None,
        mavlink=Address(heard["host"], int(heard["port"])) if heard else None,
        flying=tuple(Flying(**each | {"device": _device(each["device"])}) for each in told.get("flying", ())),
    )


def _device(told: dict[str, Any]) -> Device:
    return Device(**{name: value for name, value in told.items() if name in Device.__dataclass_fields__})

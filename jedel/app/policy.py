"""Who may do what, read off the program itself: each route's gate, the live feeds, a device's words to NATS.

Nothing is decided here. The gates decide (`access.gate`), this says what they decide: for docs/ref/access.md
and for the tests that try every role, kind of device and blocked device on every route.
"""

from collections.abc import Iterator
from uuid import UUID

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, APIWebSocketRoute, iter_route_contexts
from starlette.routing import Mount

from jedel.access import DeviceKind, Principal, Role
from jedel.access.gate import Gate, PublicGate
from jedel.app.live import FEEDS
from jedel.app.nats_auth import permissions

Gates = dict[str, list[Gate | PublicGate]]
"""``METHOD /path`` → its gates; a route in order has exactly one."""

LOGS_IN = (DeviceKind.POST, DeviceKind.PANIC_BUTTON, DeviceKind.TRACKER, DeviceKind.CAMERA)
"""Kinds of device that log in to NATS or MQTT; others use HTTP or DC-09."""


def declared(app: FastAPI) -> Gates:
    """Each route of the application with its gates; mounts of built screens are no routes."""
    found: Gates = {}
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIWebSocketRoute):
            found[f"WS {route.path}"] = list(_gates(route.dependant))
        elif isinstance(route.original_route, APIRoute):
            for method in sorted(route.methods or ()):
                found[f"{method} {route.path}"] = list(_gates(route.dependant))
        else:
            assert isinstance(route.original_route, Mount), route
    return found


def _gates(dependant: Dependant) -> Iterator[Gate | PublicGate]:
    if isinstance(dependant.call, Gate | PublicGate):
        yield dependant.call
    for inner in dependant.dependencies:
        yield from _gates(inner)


def table(app: FastAPI) -> str:
    """docs/ref/access.md."""
    columns = [*Role, *DeviceKind]
    lines = [
        "# Who may do what",
        "",
        "Written by `make api` from the program itself; `make check` fails when it is old. Every route says",
        "who may call it; `tests/app/test_policy.py` tries every role, kind of device, a blocked device",
        "and nobody on each. Whoever is let in sees only the own region; another region's object is *not",
        "found*.",
        "",
        "## HTTP",
        "",
        f"| route | {' | '.join(columns)} | anybody |",
        f"| --- |{' :-: |' * (len(columns) + 1)}",
    ]
    for name, (gate,) in sorted(declared(app).items(), key=lambda item: item[0].split()[::-1]):
        if name.startswith("WS "):
            continue
        anybody = isinstance(gate, PublicGate)
        marks = ["" if anybody else "•" if each in gate.allowed else "" for each in columns]  # type: ignore[union-attr]
        lines.append(f"| `{name}` | {' | '.join(marks)} | {'•' if anybody else ''} |")
    lines += ["", "## Live feeds (WebSocket)", "", "| feed | who |", "| --- | --- |"]
    lines += [f"| `{path}` | {', '.join(who)} |" for path, who in FEEDS.items()]
    lines += ["", "## NATS and MQTT", "", "| device | publishes | reads |", "| --- | --- | --- |"]
    for kind in LOGS_IN:
        device = Principal("device", UUID(int=0), "", "<region>", None, kind, UUID(int=1))
        may = permissions(device, mqtt=False)
        said = (", ".join(f"`{each}`" for each in may[way]["allow"]) for way in ("pub", "sub"))
        lines.append(
            f"| {kind} | {' | '.join(said)} |".replace(str(UUID(int=0)), "<its id>").replace(
                str(UUID(int=1)), "<its unit>"
            )
        )
    return "\n".join(lines) + "\n"

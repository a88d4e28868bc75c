"""Who may connect to NATS: the answer to its auth callout, for devices that log in by MQTT or NATS.

User name = device id, password = its key, or a token where it has a key pair. A device may publish its own
signals and read its own answers, nothing else; a tracker may also publish its own unit's positions, a camera
its own reads. The grant
ends with the token, else after `GRANT_S`: NATS then closes the connection and the device logs in again, so a
blocked device is out within that time even if it never disconnects (`cutoff` closes it at once).

Protocol: https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_callout
(request and answer are JWTs signed with nkeys, "ed25519-nkey").
"""

import base64
import hashlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import nkeys
import orjson
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg

from jedel.access import DeviceKind, Principal
from jedel.app.embedded.nats import ACCOUNT
from jedel.units.positions.stream import RAW

SUBJECT = "$SYS.REQ.USER.AUTH"
GRANT_S = 3600

PAYLOAD_MAX = 64 * 1024
READS_PAYLOAD_MAX = 1024 * 1024
"""Bytes of one message of a device, and of a camera, which may say hundreds of reads in one."""

log = structlog.get_logger()

Check = Callable[[UUID, str], Awaitable[tuple[Principal, datetime | None] | None]]
"""Device id and secret → the device, and until when the secret is good; None when there is no such device,
the secret is wrong or it is blocked."""


@dataclass(frozen=True)
class Request:
    """What NATS asks."""

    server_id: str
    user_nkey: str
    user: str
    password: str
    mqtt: bool
    """Did it come to the MQTT listener?"""


def parse(token: bytes) -> Request:
    """Read a callout request. NATS is our own server on our own connection, so its signature is not checked.

    Raises:
        ValueError, KeyError: not a request.
    """
    claims: dict[str, Any] = orjson.loads(_decode(token.split(b".")[1]))
    nats = claims["nats"]
    options = nats.get("connect_opts", {})
    return Request(
        server_id=nats["server_id"]["id"],
        user_nkey=nats["user_nkey"],
        user=options.get("user", ""),
        password=options.get("pass", ""),
        mqtt=nats.get("client_info", {}).get("type") == "mqtt",
    )


def permissions(device: Principal, *, mqtt: bool) -> dict[str, Any]:
    """What this device may do. `$MQTT.sub.>` is where the MQTT gateway hands a subscriber its QoS 1 messages;
    an MQTT client cannot name that subject itself, a NATS client could, so it gets no such grant."""
    publish = [f"jedel.device.{device.id}.up"]
    if device.device_kind is DeviceKind.TRACKER and device.unit_id is not None:
        publish.append(f"{RAW}.{device.region}.{device.unit_id}")
    if device.device_kind is DeviceKind.CAMERA:
        publish = [f"jedel.camera.{device.id}.read"]
    return {
        "pub": {"allow": publish},
        "sub": {"allow": [f"jedel.device.{device.id}.down", *(["$MQTT.sub.>"] if mqtt else [])]},
    }


class DeviceLogins:
    """Answers callouts until its connection closes; several gateways share the work."""

    def __init__(self, issuer_seed: str, check: Check) -> None:
        self._issuer = nkeys.from_seed(bytearray(issuer_seed.strip().encode()))
        self._check = check
        self.refused = 0
        self.granted = 0

    async def listen(self, nats: Client) -> None:
        """Start answering on this connection; it re-subscribes by itself after a reconnect."""
        await nats.subscribe(SUBJECT, queue="jedel.logins", cb=self._answer)

    async def _answer(self, message: Msg) -> None:
        try:
            request = parse(message.data)
        except (ValueError, KeyError, IndexError) as problem:
            log.warning("login_request_not_understood", problem=repr(problem))
            return
        try:
            known = await self._known(request)
        except Exception:  # the supervised boundary of one log-in: refuse, say so, go on
            log.exception("login_check_failed", device=request.user)
            known = None
        if known is None:
            self.refused += 1
            log.info("device_login_refused", device=request.user[:64])
            await message.respond(self._response(request, error="device unknown, blocked or key wrong"))
        else:
            self.granted += 1
            await message.respond(self._response(request, grant=self._grant(request, *known)))

    async def _known(self, request: Request) -> tuple[Principal, datetime | None] | None:
        try:
            device_id = UUID(request.user)
        except ValueError:
            return None
        return await self._check(device_id, request.password)

    def _grant(self, request: Request, device: Principal, until: datetime | None) -> str:
        now = int(time.time())  # NATS judges by the machine's clock, so no other will do
        ends = now + GRANT_S if until is None else min(now + GRANT_S, int(until.timestamp()))
        return self._sign(
            {
                "sub": request.user_nkey,
                "aud": ACCOUNT,
                "name": str(device.id),
                "iat": now,
                "exp": ends,
                "nats": {
                    **permissions(device, mqtt=request.mqtt),
                    "subs": 16,
                    "data": -1,
                    "payload": (
                        READS_PAYLOAD_MAX if device.device_kind is DeviceKind.CAMERA else PAYLOAD_MAX
                    ),
                    "type": "user",
                    "version": 2,
                },
            }
        )

    def _response(self, request: Request, *, grant: str = "", error: str = "") -> bytes:
        return self._sign(
            {
                "sub": request.user_nkey,
                "aud": request.server_id,
                "iat": int(time.time()),
                "nats": {
                    **({"jwt": grant} if grant else {"error": error}),
                    "type": "authorization_response",
                    "version": 2,
                },
            }
        ).encode()

    def _sign(self, claims: dict[str, Any]) -> str:
        claims = {"iss": self._issuer.public_key.decode(), **claims}
        claims["jti"] = base64.b32encode(hashlib.sha256(orjson.dumps(claims)).digest()).decode().rstrip("=")
        body = b".".join(
            (_encode(orjson.dumps({"typ": "JWT", "alg": "ed25519-nkey"})), _encode(orjson.dumps(claims)))
        )
        return (body + b"." + _encode(self._issuer.sign(body))).decode()


def _encode(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _decode(data: bytes) -> bytes:
    return base64.urlsafe_b64decode(data + b"=" * (-len(data) % 4))

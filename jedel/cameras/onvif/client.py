"""Asking one camera over ONVIF: onveef speaks it; here the address is checked and every answer is distrusted.

Invariants
1. We connect to the address that was checked and to no other, whatever the camera answers.
2. Whatever it answers ends in a description or in one of our errors, within `WITHIN_S`.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import httpx
from onveef import AsyncOnvifClient, OnvifAuthError, OnvifError, urls

from jedel.cameras.onvif.errors import OnvifCredentials, OnvifMalformed, OnvifUnreachable
from jedel.media.model import Fault, SourceFault
from jedel.media.sources import guard

WITHIN_S: Final = 12.0
"""For all questions to one camera together."""
ANSWERS_WITHIN_S: Final = 4.0
ANSWER_BYTES_MAX: Final = 512 * 1024
PROFILES_MAX: Final = 16
TEXT_MAX: Final = 200
USUAL_PATH: Final = "/onvif/device_service"


@dataclass(frozen=True, slots=True)
class Profile:
    """One of the pictures that it offers. ``url``: where, without credentials."""

    token: str
    name: str
    codec: str
    width: int
    height: int
    fps: float
    url: str
    ptz: bool


@dataclass(frozen=True, slots=True)
class Described:
    """What a camera says of itself. ``clock_error_ms``: its clock minus ours, None: it does not say."""

    manufacturer: str
    model: str
    firmware: str
    serial: str
    clock_error_ms: int | None
    profiles: tuple[Profile, ...]


class OneHost(httpx.AsyncHTTPTransport):
    """Carries requests to one address and port; anything else is refused before a byte is sent."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(retries=0, trust_env=False)
        self._only = (host, port)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        usual = 443 if request.url.scheme == "https" else 80
        if (request.url.host, request.url.port or usual) != self._only:
            raise httpx.UnsupportedProtocol("another address", request=request)
        return await super().handle_async_request(request)


@asynccontextmanager
async def connected(
    url: str, networks: Sequence[str], user: str, password: str
) -> AsyncIterator[AsyncOnvifClient]:
    """A client of the camera at ``url`` (``http://host[:port]/onvif/device_service``). Raises SourceFault."""
    target = guard.read(url)
    if target.scheme not in ("http", "https"):
        raise SourceFault(Fault.REFUSED_ADDRESS, "ONVIF is spoken over HTTP")
    host, port = await guard.resolve(url, networks)
    path = httpx.URL(url).raw_path.decode("ascii", "replace")
    client = AsyncOnvifClient(
        host,
        port,
        user,
        password,
        use_https=target.scheme == "https",
        device_path=path if path != "/" else USUAL_PATH,
        timeout_s=ANSWERS_WITHIN_S,
        retries=0,
        max_response_bytes=ANSWER_BYTES_MAX,
        transport=OneHost(host, port),
    )
    async with client:
        yield client


async def describe(
    url: str, networks: Sequence[str], user: str, password: str, now: datetime | None = None
) -> Described:
    """Ask it everything. Raises SourceFault for an address outside the networks, OnvifUnreachable,
    OnvifCredentials, OnvifMalformed."""
    try:
        async with asyncio.timeout(WITHIN_S), connected(url, networks, user, password) as client:
            clock_error_ms = await _clock(client, now)
            told = await client.get_device_information()
            profiles = [await _profile(client, each, networks) for each in await _profiles(client)]
    except OnvifAuthError:
        raise OnvifCredentials from None
    except (OnvifError, httpx.HTTPError, OSError, TimeoutError) as fault:
        raise OnvifUnreachable(reason=type(fault).__name__) from None
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, ArithmeticError) as fault:
        # the library reads what strangers wrote: what it stumbles over is theirs
        raise OnvifMalformed(reason=type(fault).__name__) from None
    found = tuple(each for each in profiles if each is not None)
    if not found:
        raise OnvifMalformed(reason="no picture")
    names = ("Manufacturer", "Model", "FirmwareVersion", "SerialNumber")
    maker, model, firmware, serial = (_text(told.get(name)) for name in names)
    return Described(maker, model, firmware, serial, clock_error_ms, found)


async def _profiles(client: AsyncOnvifClient) -> list[dict[str, Any]]:
    return [each for each in (await client.get_profiles())[:PROFILES_MAX] if _text(each.get("token"))]


async def _profile(client: AsyncOnvifClient, said: dict[str, Any], networks: Sequence[str]) -> Profile | None:
    token = str(said["token"])
    uri = await client.get_stream_uri(profile_token=token)
    url = without_credentials(urls.rewrite_host(uri, client.endpoint.device_xaddr))
    try:
        await guard.resolve(url, networks)
    except SourceFault:
        return None
    encoder = said.get("video_encoder") or {}
    size = encoder.get("resolution") or encoder
    return Profile(
        token[:TEXT_MAX],
        _text(said.get("name")) or token[:TEXT_MAX],
        _text(encoder.get("encoding")),
        int(_number(size.get("width"), 20_000)),
        int(_number(size.get("height"), 20_000)),
        _number(encoder.get("fps_limit"), 1_000),
        url,
        bool(said.get("ptz")),
    )


async def _clock(client: AsyncOnvifClient, now: datetime | None) -> int | None:
    said = (await client.get_system_date_time()).get("UTCDateTime")
    ours = now or datetime.now(UTC)
    if not said:
        return None
    try:
        parts = [int(said[name]) for name in ("year", "month", "day", "hour", "minute", "second")]
        theirs = datetime(*parts[:3], *parts[3:], tzinfo=UTC)  # type: ignore[misc,arg-type]
    except (ValueError, KeyError, TypeError, OverflowError):
        return None
    return round((theirs - ours).total_seconds() * 1000)


def without_credentials(url: str) -> str:
    """Some cameras put them into the address; ours are kept sealed beside it."""
    scheme, sign, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{sign}{authority.rpartition('@')[2]}{slash}{path}"


def _text(said: object) -> str:
    text = str(said or "")[:TEXT_MAX]
    return "".join(sign for sign in text if sign.isprintable())


def _number(said: object, most: float) -> float:
    try:
        number = float(str(said or 0))
    except ValueError:
        return 0.0
    return number if 0 <= number <= most else 0.0

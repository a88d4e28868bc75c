"""A camera's motors over ONVIF: onveef speaks it, here it is adapted, and its errors are two of ours."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Sequence
from typing import Final, Protocol, TypeVar

import httpx
from onveef import AsyncOnvifClient, OnvifError

from jedel.access.seal import Sealer
from jedel.cameras.book import opened
from jedel.cameras.model import Camera
from jedel.cameras.ptz.errors import NoAnswer, NotTurned
from jedel.cameras.ptz.schemas import PresetView
from jedel.media.model import SourceFault
from jedel.media.sources import guard

T = TypeVar("T")
ANSWERS_WITHIN_S: Final = 3.0
RUN_ON: Final = "PT2S"
"""A camera that hears no more of us stops by itself after this."""
KEPT_MAX: Final = 64
ANSWER_BYTES_MAX: Final = 256 * 1024


class Head(Protocol):
    """What turns. Each raises NoAnswer."""

    async def move(self, x: float, y: float, zoom: float) -> None: ...

    async def stop(self) -> None: ...

    async def presets(self) -> list[PresetView]: ...

    async def go_to(self, preset: str) -> None: ...

    async def keep(self, name: str) -> None: ...

    async def forget(self, preset: str) -> None: ...


class OnvifHead:
    """``profile``: the media profile whose motors are meant; empty: the first that has some."""

    def __init__(self, client: AsyncOnvifClient, profile: str = "") -> None:
        self._client = client
        self._profile = profile

    async def move(self, x: float, y: float, zoom: float) -> None:
        token = await self._token()
        await _asked(
            self._client.ptz_continuous_move(
                profile_token=token, pan=x, tilt=y, zoom=zoom or None, timeout=RUN_ON
            )
        )

    async def stop(self) -> None:
        token = await self._token()
        await _asked(self._client.ptz_stop(profile_token=token))

    async def presets(self) -> list[PresetView]:
        token = await self._token()
        found = await _asked(self._client.ptz_get_presets(profile_token=token))
        named = [(str(each.get("token") or ""), str(each.get("name") or "")) for each in found]
        return [PresetView(token=token, name=name or token) for token, name in named if token][:64]

    async def go_to(self, preset: str) -> None:
        token = await self._token()
        if preset:
            await _asked(self._client.ptz_goto_preset(profile_token=token, preset_token=preset))
        else:
            await _asked(self._client.ptz_goto_home_position(profile_token=token))

    async def keep(self, name: str) -> None:
        """Where it looks now is the place of this name: a command that is said again makes no second one."""
        token = await self._token()
        before = [each.token for each in await self.presets() if each.name == name]
        over = before[0] if before else ""
        await _asked(self._client.ptz_set_preset(profile_token=token, preset_name=name, preset_token=over))
        after = [each.token for each in await self.presets() if each.name == name]
        for old in (
            before if len(after) > len(before) else before[1:]
        ):  # some cameras do not put one over another
            await self.forget(old)

    async def forget(self, preset: str) -> None:
        """A place that is not there is forgotten already."""
        token = await self._token()
        if preset in {each.token for each in await self.presets()}:
            await _asked(self._client.ptz_remove_preset(profile_token=token, preset_token=preset))

    async def _token(self) -> str:
        if not self._profile:
            profiles = await _asked(self._client.get_profiles())
            tokens = [str(each.get("token") or "") for each in profiles]
            self._profile = next((token for token in tokens if token), "")
            if not self._profile:
                raise NoAnswer(reason="no media profile")
        return self._profile

    async def aclose(self) -> None:
        await self._client.aclose()


async def _asked(answer: Awaitable[T]) -> T:
    try:
        async with asyncio.timeout(ANSWERS_WITHIN_S):
            return await answer
    except (OnvifError, httpx.HTTPError, OSError, ValueError) as error:
        raise NoAnswer(reason=type(error).__name__) from error


class Heads:
    """The heads that a process has spoken to lately; the one that rested longest is let go."""

    def __init__(self, sealer: Sealer, networks: Sequence[str]) -> None:
        self._sealer = sealer
        self._networks = tuple(networks)
        self._kept: OrderedDict[tuple[object, ...], OnvifHead] = OrderedDict()

    async def of(self, camera: Camera) -> Head:
        """Raises NotTurned, NoAnswer where the address lies outside the camera networks."""
        if camera.ptz is None or camera.onvif_url is None:
            raise NotTurned
        key = (camera.id, camera.onvif_url, camera.credentials, str(camera.ptz))
        found = self._kept.get(key)
        if found is None:
            found = await self._made(camera)
            self._kept[key] = found
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT_MAX:
            _, old = self._kept.popitem(last=False)
            await old.aclose()
        return found

    async def _made(self, camera: Camera) -> OnvifHead:
        assert camera.onvif_url is not None
        assert camera.ptz is not None
        try:
            host, port = await guard.resolve(camera.onvif_url, self._networks)
        except SourceFault as fault:
            raise NoAnswer(reason=fault.fault) from None
        target = guard.read(camera.onvif_url)
        path = camera.onvif_url.split(target.host, 1)[1].partition("/")[2]
        user, password = opened(self._sealer, camera)
        client = AsyncOnvifClient(
            host,  # the address that was checked; what the camera says of others is turned back to it
            port,
            user,
            password,
            use_https=target.scheme == "https",
            device_path="/" + (path or "onvif/device_service"),
            timeout_s=ANSWERS_WITHIN_S,
            retries=0,
            max_response_bytes=ANSWER_BYTES_MAX,
        )
        return OnvifHead(client, str(camera.ptz.get("profile") or ""))

"""Taking a camera into the registry as it describes itself."""

from dataclasses import asdict

from jedel.access import Principal
from jedel.cameras import service as registry
from jedel.cameras.errors import CameraAddressRefused
from jedel.cameras.model import Kind, StreamName
from jedel.cameras.onvif.client import Described, Profile, describe
from jedel.cameras.onvif.errors import NoSuchProfile
from jedel.cameras.onvif.schemas import Ask, DescribedView, Onboard, ProfileView
from jedel.cameras.schemas import CameraView, NewCamera, StreamBody
from jedel.cameras.service import Registry
from jedel.journal import Store
from jedel.media.model import Fault, SourceFault

_CODECS = {"h264": "H264", "h265": "H265", "hevc": "H265", "jpeg": "JPEG"}


async def asked(who_registry: Registry, body: Ask | Onboard) -> Described:
    """What the camera says. Raises CameraAddressRefused and what `client.describe` does."""
    user = body.credentials.user if body.credentials else ""
    password = body.credentials.password.get_secret_value() if body.credentials else ""
    try:
        return await describe(body.url, who_registry.networks, user, password)
    except SourceFault as fault:
        reason = fault.detail if fault.fault is Fault.REFUSED_ADDRESS else str(fault.fault)
        networks = ", ".join(who_registry.networks)
        raise CameraAddressRefused(url=body.url[:200], networks=networks, reason=reason) from None


def view(found: Described) -> DescribedView:
    profiles = [ProfileView(**asdict(each)) for each in found.profiles]
    return DescribedView(**asdict(found) | {"profiles": profiles})


async def onboard(store: Store, who: Principal, kept: Registry, body: Onboard) -> CameraView:
    """Ask the camera with these credentials, then take it in with what it says. Raises as `asked`,
    NoSuchProfile, and as `jedel.cameras.service.add`."""
    found = await asked(kept, body)
    main, sub = chosen(found, body.main, body.sub)
    streams = [_stream(StreamName.MAIN, main)] + ([_stream(StreamName.SUB, sub)] if sub else [])
    turned = next((each for each in (main, sub) if each is not None and each.ptz), None)
    same = body.model_dump(exclude={"url", "main", "sub", "credentials"}, exclude_unset=True)
    camera = NewCamera(
        **same,
        kind=Kind.PTZ if turned else Kind.FIXED,
        streams=tuple(streams),
        credentials=body.credentials,
        onvif_url=body.url,
    )
    return await registry.add(store, who, kept, camera, ptz={"profile": turned.token} if turned else None)


def chosen(found: Described, main: str | None, sub: str | None) -> tuple[Profile, Profile | None]:
    """Raises NoSuchProfile."""
    named = {each.token: each for each in found.profiles}
    for token in (main, sub):
        if token is not None and token not in named:
            raise NoSuchProfile(profile=token)
    by_size = sorted(found.profiles, key=lambda each: (each.width * each.height, each.token))
    large = named[main] if main is not None else by_size[-1]
    if sub is not None:
        return large, named[sub]
    rest = [each for each in by_size if each is not large and each.url != large.url]
    return large, rest[0] if rest else None


def _stream(name: StreamName, profile: Profile) -> StreamBody:
    codec = _CODECS.get(profile.codec.lower().replace(".", ""), profile.codec[:40])
    return StreamBody(
        name=name, url=profile.url, codec=codec, width=profile.width, height=profile.height, fps=profile.fps
    )

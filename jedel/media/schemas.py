"""What the routes of media answer."""

from jedel.kernel.schema import View


class IceServer(View):
    """As RTCPeerConnection takes it."""

    urls: list[str]
    username: str | None = None
    credential: str | None = None


class IceServers(View):
    """STUN and TURN servers; empty where browsers reach the gateways by themselves."""

    ice_servers: list[IceServer]

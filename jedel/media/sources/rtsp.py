"""A camera that we pull by RTSP, with our own client (docs/decisions/0008-our-own-rtsp-client.md)."""

from collections.abc import Sequence
from typing import Final

from jedel.media import metrics
from jedel.media.hub import Hub
from jedel.media.model import AccessUnit, Codec, Fault, SourceFault, StreamSpec, Track
from jedel.media.sources.guard import Lookup, by_dns, resolve
from rtsp.client import ANSWER_S, Client, Credentials
from rtsp.errors import Cause, StreamLost
from rtsp.payloads import Format, Unit

SILENCE_S: Final = 5.0
FIRST_S: Final = 10.0
"""How long a stream may bring no picture: one whose keyframes are far apart needs longer for the first."""
_FAULTS: Final = {
    Cause.UNREACHABLE: Fault.UNREACHABLE,
    Cause.CREDENTIALS: Fault.CREDENTIALS,
    Cause.NOT_FOUND: Fault.NOT_FOUND,
    Cause.PROTOCOL: Fault.PROTOCOL,
    Cause.NO_FRAMES: Fault.NO_FRAMES,
    Cause.CODEC: Fault.CODEC,
}
_CODECS: Final = {
    "H264": Codec.H264,
    "H265": Codec.H265,
    "OPUS": Codec.OPUS,
    "PCMU": Codec.PCMU,
    "PCMA": Codec.PCMA,
    "MPEG4-GENERIC": Codec.AAC,
}


def track_of(found: Format) -> Track:
    return Track(
        _CODECS[found.encoding],
        found.clock_rate,
        found.channels,
        found.parameters,
        found.width,
        found.height,
    )


class RtspSource:
    """One attempt to pull a stream. ``lookup``: how names become addresses."""

    def __init__(
        self,
        spec: StreamSpec,
        *,
        lookup: Lookup = by_dns,
        silence_s: float = SILENCE_S,
        first_s: float = FIRST_S,
        answer_s: float = ANSWER_S,
    ) -> None:
        self._spec, self._lookup = spec, lookup
        self._silence_s, self._first_s, self._answer_s = silence_s, first_s, answer_s
        self._client: Client | None = None
        self._counted = 0, 0

    @property
    def clock_error_s(self) -> float | None:
        """How far the camera's clock is ahead of ours, as it last reported; None: it has said nothing."""
        error_us = self._client.clock_error_us if self._client else None
        return None if error_us is None else error_us / 1e6

    @property
    def server(self) -> str:
        """What the camera calls itself."""
        return self._client.server if self._client else ""

    async def run(self, hub: Hub) -> None:
        """Until cancelled. Raises SourceFault where the stream ends, nothing else."""
        spec = self._spec
        host, port = await resolve(spec.url, spec.networks, self._lookup)
        client = self._client = Client(spec.url, Credentials(spec.user, spec.password))

        def changed(formats: Sequence[Format]) -> None:
            hub.begin([track_of(each) for each in formats])

        def take(track: int, unit: Unit, at_us: int) -> None:
            if unit.keyframe:
                self._count(client)
            hub.publish(AccessUnit(track, unit.rtp, at_us, unit.keyframe, unit.parts))

        try:
            await client.open(host, port, timeout_s=self._answer_s)
            await client.play(take, changed, silence_s=self._silence_s, first_s=self._first_s)
        except StreamLost as lost:
            raise SourceFault(_FAULTS[lost.cause], lost.detail) from None
        finally:
            self._count(client)
            client.close()

    def _count(self, client: Client) -> None:
        lost, damaged = self._counted
        self._counted = client.lost, client.damaged
        metrics.LOST_PACKETS.inc(client.lost - lost)
        metrics.DAMAGED.inc(client.damaged - damaged)

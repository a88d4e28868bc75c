"""What a browser offers (read by aiortc) and what we answer (written here). Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiortc import sdp
from aiortc.rtcdtlstransport import X509_DIGEST_ALGORITHMS, RTCDtlsParameters

from jedel.media.errors import OfferMalformed
from jedel.media.limits import OFFER_BYTES_MAX
from jedel.media.model import Codec, Track

SECTIONS_MAX: Final = 8
TWCC: Final = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
PLAYOUT_DELAY: Final = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"
_TOKEN: Final = re.compile(r"[!-~]{1,64}")
_PUBLISHED: Final = (Codec.H264, Codec.VP8, Codec.VP9, Codec.OPUS, Codec.PCMU, Codec.PCMA)
"""In the order in which we like them from a publisher: H.264 goes everywhere untouched."""


@dataclass(frozen=True, slots=True)
class Offered:
    """One codec of one section."""

    codec: Codec
    payload_type: int
    clock_rate: int
    channels: int
    parameters: str
    profile: str = ""
    """H.264's profile and constraints, four hex digits; empty otherwise."""


@dataclass(frozen=True, slots=True)
class Section:
    """One ``m=``. ``known``: codecs that we carry, in the browser's order. ``extensions``: URI → id."""

    kind: str
    protocol: str
    formats: tuple[str, ...]
    mid: str
    direction: str
    known: tuple[Offered, ...]
    extensions: dict[str, int]


@dataclass(frozen=True, slots=True)
class Offer:
    sections: tuple[Section, ...]
    fingerprints: RTCDtlsParameters


@dataclass(frozen=True, slots=True)
class Accepted:
    """What we answer to one section. ``ssrc``: of what we send; None where we only receive."""

    offered: Offered
    ssrc: int | None = None
    extensions: tuple[str, ...] = ()
    parameters: str = ""


def read_offer(text: str) -> Offer:
    """Raises OfferMalformed."""
    if len(text) > OFFER_BYTES_MAX:
        raise OfferMalformed(reason=f"more than {OFFER_BYTES_MAX} bytes")
    if "\0" in text or not text.startswith("v=0"):
        raise OfferMalformed(reason="not SDP")
    try:
        parsed = sdp.SessionDescription.parse(text)
        sections = tuple(_section(media) for media in parsed.media)
    except (ValueError, AssertionError, LookupError, StopIteration, AttributeError, TypeError) as error:
        raise OfferMalformed(reason=f"not SDP ({type(error).__name__})") from error
    if not 0 < len(sections) <= SECTIONS_MAX:
        raise OfferMalformed(reason=f"not 1 to {SECTIONS_MAX} media sections")
    if any(not _TOKEN.fullmatch(section.mid) for section in sections):
        raise OfferMalformed(reason="a section without mid")
    secured = [media.dtls for media in parsed.media if media.dtls and media.dtls.fingerprints]
    if not secured or secured[0].role not in ("auto", "client"):
        raise OfferMalformed(reason="no fingerprint, or a DTLS role that is not ours to meet")
    if not any(one.algorithm.lower() in X509_DIGEST_ALGORITHMS for one in secured[0].fingerprints):
        raise OfferMalformed(reason="no fingerprint that we know")
    return Offer(sections, secured[0])


def _section(media: Any) -> Section:
    known = [_offered(codec) for codec in media.rtp.codecs]
    return Section(
        media.kind,
        media.profile,
        tuple(map(str, media.fmt)),
        str(media.rtp.muxId),
        media.direction or "sendrecv",
        tuple(one for one in known if one is not None),
        {each.uri: each.id for each in media.rtp.headerExtensions},
    )


def _offered(codec: Any) -> Offered | None:
    name = codec.mimeType.partition("/")[2]
    found = next((each for each in _PUBLISHED if each.lower() == name.lower()), None)
    if found is None:
        return None
    said, profile = codec.parameters, ""
    if found is Codec.H264:
        if str(said.get("packetization-mode", "0")) != "1":
            return None
        profile = str(said.get("profile-level-id", "42e01f")).lower()[:4]
    if found is Codec.VP9 and str(said.get("profile-id", "0")) != "0":
        return None
    text = sdp.parameters_to_sdp(said)
    return Offered(found, codec.payloadType, codec.clockRate, codec.channels or 0, text, profile)


def for_track(section: Section, track: Track) -> Offered | None:
    """What of an offer this track can be sent as. H.264 goes as the profile that it is, else as the nearest
    above, else as whatever is offered: browsers decode more than they say."""
    fits = [one for one in section.known if one.codec is track.codec and one.clock_rate == track.clock_rate]
    if not fits or track.codec is not Codec.H264 or not track.parameters:
        return fits[0] if fits else None
    profile = track.parameters[0][1:3].hex()
    rank = ("42", "4d", "58", "64")

    def distance(one: Offered) -> tuple[bool, int]:
        away = _index(rank, one.profile[:2]) - _index(rank, profile[:2])
        return one.profile != profile, away if away >= 0 else 10 - away

    return min(fits, key=distance)


def _index(rank: Sequence[str], profile: str) -> int:
    return rank.index(profile) if profile in rank else len(rank)


def to_receive(section: Section) -> Offered | None:
    """What we like best of what a publisher can send."""
    return min(section.known, key=lambda one: _PUBLISHED.index(one.codec), default=None)


@dataclass(frozen=True, slots=True)
class Ours:
    """What an answer says of us. ``candidates``: lines as ``candidate:…``; ``fingerprint``: SHA-256."""

    fragment: str
    password: str
    fingerprint: str
    candidates: Sequence[str]
    session: int


def write_answer(offer: Offer, accepted: Sequence[Accepted | None], ours: Ours) -> str:
    """SDP; None: that section is refused."""
    mids = [section.mid for section, one in zip(offer.sections, accepted, strict=True) if one]
    lines = [
        "v=0",
        f"o=- {ours.session} 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        f"a=group:BUNDLE {' '.join(mids)}",
        "a=extmap-allow-mixed",
        "a=msid-semantic: WMS *",
    ]
    for section, one in zip(offer.sections, accepted, strict=True):
        lines += _refused(section) if one is None else _taken(section, one, ours)
    return "\r\n".join(lines) + "\r\n"


def _refused(section: Section) -> list[str]:
    return [
        f"m={section.kind} 0 {section.protocol} {' '.join(section.formats)}",
        "c=IN IP4 0.0.0.0",
        "a=inactive",
        f"a=mid:{section.mid}",
    ]


def _taken(section: Section, one: Accepted, ours: Ours) -> list[str]:
    offered, number = one.offered, one.offered.payload_type
    channels = f"/{offered.channels}" if offered.channels > 1 else ""
    lines = [
        f"m={section.kind} 9 {section.protocol} {number}",
        "c=IN IP4 0.0.0.0",
        f"a={'recvonly' if one.ssrc is None else 'sendonly'}",
        f"a=mid:{section.mid}",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        f"a=rtpmap:{number} {offered.codec}/{offered.clock_rate}{channels}",
    ]
    if parameters := one.parameters or offered.parameters:
        lines.append(f"a=fmtp:{number} {parameters}")
    if section.kind == "video":
        lines += [f"a=rtcp-fb:{number} {kind}" for kind in ("nack", "nack pli", "ccm fir")]
    for uri in one.extensions:
        lines.append(f"a=extmap:{section.extensions[uri]} {uri}")
        if uri == TWCC:
            lines.append(f"a=rtcp-fb:{number} transport-cc")
    if one.ssrc is not None:
        lines += [f"a=msid:jedel {section.kind}", f"a=ssrc:{one.ssrc} cname:jedel"]
        lines.append(f"a=ssrc:{one.ssrc} msid:jedel {section.kind}")
    lines += [f"a=ice-ufrag:{ours.fragment}", f"a=ice-pwd:{ours.password}", "a=ice-options:ice2"]
    lines += [f"a=fingerprint:sha-256 {ours.fingerprint}", "a=setup:passive"]
    return [*lines, *(f"a={line}" for line in ours.candidates), "a=end-of-candidates"]

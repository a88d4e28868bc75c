"""Session descriptions (RFC 8866) as far as RTSP uses them. Pure."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from rtsp.errors import Malformed

BYTES_MAX: Final = 128 * 1024
MEDIAS_MAX: Final = 16
_STATIC: Final = {0: ("PCMU", 8000, 1), 8: ("PCMA", 8000, 1)}
"""Payload types that need no rtpmap (RFC 3551)."""


@dataclass(frozen=True, slots=True)
class Media:
    """One ``m=`` with the first format it names. ``encoding``: upper case, "" unknown."""

    kind: str
    payload_type: int
    encoding: str = ""
    clock_rate: int = 0
    channels: int = 0
    parameters: dict[str, str] = field(default_factory=dict)
    """fmtp, names in lower case."""
    control: str = ""

    def parameter_sets(self) -> tuple[bytes, ...]:
        """H.264's SPS and PPS, H.265's VPS, SPS and PPS, AAC's configuration; empty where they are not said
        or not readable: they come in the stream."""
        said = self.parameters
        try:
            if self.encoding == "H264":
                return _sets(said.get("sprop-parameter-sets", ""))
            if self.encoding == "H265":
                names = ("sprop-vps", "sprop-sps", "sprop-pps")
                return tuple(one for name in names for one in _sets(said.get(name, "")))
            if self.encoding == "MPEG4-GENERIC" and said.get("config"):
                return (bytes.fromhex(said["config"]),)
        except (binascii.Error, ValueError):
            return ()
        return ()


@dataclass(frozen=True, slots=True)
class Description:
    medias: tuple[Media, ...]
    control: str = ""
    name: str = ""


def _sets(text: str) -> tuple[bytes, ...]:
    found = [base64.b64decode(part + "=" * (-len(part) % 4)) for part in text.split(",") if part]
    return tuple(part.removeprefix(b"\0\0\0\1") for part in found if part)


def parse(body: bytes) -> Description:
    """Raises Malformed."""
    if len(body) > BYTES_MAX:
        raise Malformed("the description is too long")
    lines = [line for line in body.decode("utf-8", "replace").splitlines() if line.strip()]
    blocks: list[list[tuple[str, str]]] = [[]]
    for line in lines:
        kind, equals, value = line.partition("=")
        if not equals or len(kind.strip()) != 1:
            raise Malformed("a line of the description")
        if kind.strip() == "m":
            blocks.append([])
        blocks[-1].append((kind.strip(), value.strip()))
    if len(blocks) - 1 > MEDIAS_MAX:
        raise Malformed("too many media")
    if not any(kind == "v" for kind, _ in blocks[0]):
        raise Malformed("no description")
    control = next((v.partition(":")[2] for k, v in blocks[0] if k == "a" and v.startswith("control:")), "")
    name = next((value for kind, value in blocks[0] if kind == "s"), "")
    return Description(tuple(_media(block) for block in blocks[1:]), control, name)


def _media(block: list[tuple[str, str]]) -> Media:
    words = block[0][1].split()
    if len(words) < 4 or not _small(words[3], 127):
        raise Malformed("a medium")
    number = int(words[3])
    encoding, rate, channels = _STATIC.get(number, ("", 0, 0))
    parameters: dict[str, str] = {}
    control = ""
    for kind, value in block[1:]:
        if kind != "a":
            continue
        name, _, rest = value.partition(":")
        if name == "control":
            control = rest.strip()
        elif name == "rtpmap" and rest.split(" ")[0] == str(number):
            encoding, rate, channels = _rtpmap(rest, words[0])
        elif name == "fmtp" and rest.split(" ")[0] == str(number):
            parameters |= _fmtp(rest.partition(" ")[2])
    return Media(words[0], number, encoding, rate, channels, parameters, control)


def _small(text: str, highest: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10 and int(text) <= highest


def _rtpmap(rest: str, kind: str) -> tuple[str, int, int]:
    name, *more = rest.partition(" ")[2].strip().split("/")
    if not more or not _small(more[0], 1_000_000) or int(more[0]) == 0:
        raise Malformed("an rtpmap")
    channels = int(more[1]) if len(more) > 1 and _small(more[1], 64) else int(kind == "audio")
    return name.upper(), int(more[0]), channels


def _fmtp(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";") if part.strip())
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def write(medias: Sequence[Media], name: str = "-", host: str = "0.0.0.0") -> bytes:  # noqa: S104
    """A server's description; ``control`` of each is relative to the stream's address."""
    lines = [
        "v=0",
        f"o=- 0 0 IN IP4 {host}",
        f"s={name or '-'}",
        f"c=IN IP4 {host}",
        "t=0 0",
        "a=control:*",
        "a=range:npt=now-",
    ]
    for media in medias:
        encoding = f"{media.encoding}/{media.clock_rate}" + (
            f"/{media.channels}" if media.channels > 1 else ""
        )
        lines += [
            f"m={media.kind} 0 RTP/AVP {media.payload_type}",
            f"a=rtpmap:{media.payload_type} {encoding}",
        ]
        if media.parameters:
            said = ";".join(f"{key}={value}" if value else key for key, value in media.parameters.items())
            lines.append(f"a=fmtp:{media.payload_type} {said}")
        lines.append(f"a=control:{media.control}")
    if any("\r" in line or "\n" in line for line in lines):
        raise Malformed("a line break in the description")
    return "\r\n".join([*lines, ""]).encode()

"""RTSP 1.0 on the wire (RFC 2326): requests, responses, interleaved frames. Pure; every size is bounded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rtsp.errors import Malformed

HEAD_BYTES_MAX: Final = 16 * 1024
HEADERS_MAX: Final = 64
BODY_BYTES_MAX: Final = 256 * 1024
FRAME_BYTES_MAX: Final = 0xFFFF
REASONS: Final = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    454: "Session Not Found",
    455: "Method Not Valid In This State",
    459: "Aggregate Operation Not Allowed",
    461: "Unsupported Transport",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
}


class Headers:
    """In the order they came; names without regard to case."""

    __slots__ = ("_pairs",)

    def __init__(self, pairs: Sequence[tuple[str, str]] = ()) -> None:
        self._pairs = tuple(pairs)

    def get(self, name: str, otherwise: str = "") -> str:
        low = name.lower()
        return next((value for key, value in self._pairs if key.lower() == low), otherwise)

    def all(self, name: str) -> list[str]:
        low = name.lower()
        return [value for key, value in self._pairs if key.lower() == low]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._pairs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and self._pairs == other._pairs

    def __hash__(self) -> int:
        return hash(self._pairs)

    def __repr__(self) -> str:
        return f"Headers({[name for name, _ in self._pairs]})"  # values may be credentials


NONE: Final = Headers()


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    uri: str
    headers: Headers = NONE
    body: bytes = b""

    def encode(self) -> bytes:
        return _encode(f"{self.method} {self.uri} RTSP/1.0", self.headers, self.body)


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: Headers = NONE
    body: bytes = b""
    reason: str = ""

    def encode(self) -> bytes:
        reason = self.reason or REASONS.get(self.status, "Error")
        return _encode(f"RTSP/1.0 {self.status} {reason}", self.headers, self.body)


@dataclass(frozen=True, slots=True)
class Frame:
    """RTP or RTCP within the RTSP connection (RFC 2326 §10.12)."""

    channel: int
    payload: bytes

    def encode(self) -> bytes:
        return frame(self.channel, self.payload)


Message = Request | Response | Frame


def frame(channel: int, payload: bytes) -> bytes:
    """Raises Malformed where the payload is over 65,535 bytes."""
    if len(payload) > FRAME_BYTES_MAX:
        raise Malformed("a frame is too long")
    return b"$" + bytes((channel,)) + len(payload).to_bytes(2, "big") + payload


def _encode(first: str, headers: Headers, body: bytes) -> bytes:
    lines = [first, *(f"{name}: {value}" for name, value in headers)]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    if any("\r" in line or "\n" in line for line in lines):
        raise Malformed("a line break within a header")
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "replace") + body


class Parser:
    """Bytes in, messages out, however they are cut. After Malformed it is of no more use."""

    def __init__(self) -> None:
        self._held = bytearray()

    @property
    def held(self) -> int:
        """Bytes of a message that is not whole yet."""
        return len(self._held)

    def feed(self, data: bytes) -> list[Message]:
        """Raises Malformed."""
        held = self._held
        held += data
        found: list[Message] = []
        at, end = 0, len(held)
        while at < end:
            first = held[at]
            if first == 0x24:  # $
                if end - at < 4:
                    break
                stop = at + 4 + (held[at + 2] << 8 | held[at + 3])
                if stop > end:
                    break
                found.append(Frame(held[at + 1], bytes(held[at + 4 : stop])))
                at = stop
            elif first in b"\r\n":
                at += 1  # between messages some send empty lines to keep the connection
            else:
                message, stop = _text(held, at)
                if message is None:
                    break
                found.append(message)
                at = stop
        del held[:at]
        return found


def _text(held: bytearray, at: int) -> tuple[Request | Response | None, int]:
    """One request or response from ``at``, and where it ends; None: not whole yet."""
    stop = held.find(b"\r\n\r\n", at, at + HEAD_BYTES_MAX + 4)
    if stop < 0:
        if len(held) - at > HEAD_BYTES_MAX:
            raise Malformed("the head does not end")
        if not 0x41 <= held[at] <= 0x5A:
            raise Malformed("neither a message nor a frame")
        return None, at
    first, *lines = bytes(held[at:stop]).decode("utf-8", "replace").split("\r\n")
    headers = _headers(lines)
    length = headers.get("content-length", "0").strip()
    if not (length.isascii() and length.isdigit()) or int(length[:9]) > BODY_BYTES_MAX:
        raise Malformed("the length of the body")
    end = stop + 4 + int(length[:9])
    if end > len(held):
        return None, at
    return _first(first, headers, bytes(held[stop + 4 : end])), end


def _headers(lines: list[str]) -> Headers:
    if len(lines) > HEADERS_MAX:
        raise Malformed("too many headers")
    pairs: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in (" ", "\t") and pairs:
            pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]} {line.strip()}")
            continue
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise Malformed("a header without a name")
        pairs.append((name.strip(), value.strip()))
    return Headers(pairs)


def _first(line: str, headers: Headers, body: bytes) -> Request | Response:
    one, _, rest = line.partition(" ")
    two, _, three = rest.strip().partition(" ")
    if one.startswith("RTSP/"):
        if not (two.isascii() and two.isdigit() and len(two) == 3):
            raise Malformed("the status")
        return Response(int(two), headers, body, three)
    if three.strip() not in ("RTSP/1.0", "RTSP/2.0") or not one.replace("_", "").isalpha():
        raise Malformed("the request line")
    return Request(one, two, headers, body)

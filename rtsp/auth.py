"""Basic and Digest (RFC 7616: MD5 and SHA-256, with and without ``qop=auth``), both sides. Pure."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from rtsp.errors import Malformed

_PART: Final = re.compile(r'\s*([A-Za-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))\s*(?:,|$)')
_HASHES: Final = {"MD5": "md5", "SHA-256": "sha256"}
NONCE_LIVES_S: Final = 300
VALUE_BYTES_MAX: Final = 4096


@dataclass(frozen=True, slots=True)
class Challenge:
    """One WWW-Authenticate."""

    scheme: str
    realm: str = ""
    nonce: str = ""
    opaque: str = ""
    algorithm: str = "MD5"
    qop: str = ""
    stale: bool = False


def _parts(text: str) -> dict[str, str]:
    if len(text) > VALUE_BYTES_MAX:
        raise Malformed("credentials are too long")
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        part = _PART.match(text, at)
        if part is None:
            raise Malformed("credentials")
        name, quoted, bare = part.groups()
        found[name.lower()] = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else bare
        at = part.end()
    return found


def read_challenges(values: Sequence[str]) -> list[Challenge]:
    """What we can answer, best first. Others are passed over; raises nothing."""
    found: list[Challenge] = []
    for value in values[:8]:
        scheme, _, rest = value.strip().partition(" ")
        try:
            parts = _parts(rest)
        except Malformed:
            continue
        one = Challenge(
            scheme.lower(),
            parts.get("realm", ""),
            parts.get("nonce", ""),
            parts.get("opaque", ""),
            parts.get("algorithm", "MD5").upper(),
            "auth" if "auth" in [each.strip() for each in parts.get("qop", "").split(",")] else "",
            parts.get("stale", "").lower() == "true",
        )
        if one.scheme == "basic" or (one.scheme == "digest" and one.algorithm in _HASHES and one.nonce):
            found.append(one)
    return sorted(found, key=_worth)


def _worth(one: Challenge) -> int:
    return 2 if one.scheme == "basic" else 0 if one.algorithm == "SHA-256" else 1


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def answer(
    challenge: Challenge, method: str, uri: str, user: str, password: str, cnonce: str = "", count: int = 1
) -> str:
    """The Authorization header. ``cnonce``: of our making, where ``qop`` is asked."""
    if challenge.scheme == "basic":
        return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
    nc = f"{count:08x}"
    response = _response(
        challenge.algorithm,
        secret(user, challenge.realm, password, challenge.algorithm),
        (challenge.nonce, nc, cnonce, challenge.qop),
        method,
        uri,
    )
    parts = [
        f"username={_quoted(user)}",
        f"realm={_quoted(challenge.realm)}",
        f"nonce={_quoted(challenge.nonce)}",
        f"uri={_quoted(uri)}",
        f'response="{response}"',
    ]
    if challenge.algorithm != "MD5":
        parts.append(f"algorithm={challenge.algorithm}")
    if challenge.opaque:
        parts.append(f"opaque={_quoted(challenge.opaque)}")
    if challenge.qop:
        parts += [f"qop={challenge.qop}", f"nc={nc}", f"cnonce={_quoted(cnonce)}"]
    return "Digest " + ", ".join(parts)


def secret(user: str, realm: str, password: str, algorithm: str = "MD5") -> str:
    """HA1: what a server may keep instead of the password."""
    return _hash(algorithm, f"{user}:{realm}:{password}")


def _hash(algorithm: str, text: str) -> str:
    return hashlib.new(_HASHES[algorithm], text.encode(), usedforsecurity=False).hexdigest()


def _response(algorithm: str, ha1: str, nonce: tuple[str, str, str, str], method: str, uri: str) -> str:
    ha2 = _hash(algorithm, f"{method}:{uri}")
    once, nc, cnonce, qop = nonce
    between = f"{once}:{nc}:{cnonce}:{qop}" if qop else once
    return _hash(algorithm, f"{ha1}:{between}:{ha2}")


@dataclass(frozen=True, slots=True)
class Login:
    """What a client says who it is; it proves it by `matches`."""

    scheme: str
    user: str
    method: str
    realm: str = ""
    uri: str = ""
    algorithm: str = "MD5"
    password: str = field(default="", repr=False)
    response: str = field(default="", repr=False)
    nonce: tuple[str, str, str, str] = ("", "", "", "")

    def matches(self, password: str) -> bool:
        """Is that the password? In constant time."""
        if self.scheme == "basic":
            return hmac.compare_digest(self.password.encode(), password.encode())
        ha1 = secret(self.user, self.realm, password, self.algorithm)
        expected = _response(self.algorithm, ha1, self.nonce, self.method, self.uri)
        return hmac.compare_digest(expected.encode(), self.response.encode())


@dataclass(frozen=True, slots=True)
class Gate:
    """The server's side: gives challenges, reads answers. Its nonces are signed, so none are kept.

    ``key``: secret random bytes; ``basic``: Basic is offered too (only where the network is trusted).
    """

    realm: str
    key: bytes = field(repr=False)
    basic: bool = False
    algorithms: tuple[str, ...] = ("SHA-256", "MD5")

    def challenges(self, now_s: float) -> list[str]:
        """Values of WWW-Authenticate."""
        nonce = self._nonce(int(now_s))
        values = [
            f'Digest realm={_quoted(self.realm)}, nonce="{nonce}", algorithm={name}, qop="auth"'
            for name in self.algorithms
        ]
        return [*values, f"Basic realm={_quoted(self.realm)}"] if self.basic else values

    def read(self, value: str, method: str, uri: str, now_s: float) -> Login | None:
        """None: nobody, or with a nonce that is not ours or too old. Raises Malformed.

        The digest's own uri counts only where it is the request's, else a login could be carried to another
        stream."""
        scheme, _, rest = value.strip().partition(" ")
        if scheme.lower() == "basic":
            return _basic(rest, method) if self.basic else None
        if scheme.lower() != "digest":
            return None
        parts = _parts(rest)
        algorithm = parts.get("algorithm", "MD5").upper()
        nonce, qop = parts.get("nonce", ""), parts.get("qop", "")
        known = algorithm in self.algorithms and parts.get("realm") == self.realm
        if not known or parts.get("uri") != uri or qop not in ("", "auth") or not self._ours(nonce, now_s):
            return None
        return Login(
            "digest",
            parts.get("username", ""),
            method,
            self.realm,
            uri,
            algorithm,
            response=parts.get("response", "").lower(),
            nonce=(nonce, parts.get("nc", ""), parts.get("cnonce", ""), qop),
        )

    def _nonce(self, at_s: int) -> str:
        return f"{at_s:x}-" + hmac.new(self.key, f"{at_s:x}".encode(), hashlib.sha256).hexdigest()[:32]

    def _ours(self, nonce: str, now_s: float) -> bool:
        head = nonce.partition("-")[0]
        if not re.fullmatch(r"[0-9a-f]{1,12}", head):
            return False
        fresh = -1 <= now_s - int(head, 16) <= NONCE_LIVES_S
        return fresh and hmac.compare_digest(nonce.encode(), self._nonce(int(head, 16)).encode())


def _basic(rest: str, method: str) -> Login:
    try:
        user, colon, password = base64.b64decode(rest.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise Malformed("Basic credentials") from None
    if not colon:
        raise Malformed("Basic credentials")
    return Login("basic", user, method, password=password)

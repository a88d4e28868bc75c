"""Signed heads: what was said, under our key, about a region's journal at one moment. Pure.

A head binds the region, how many entries there are, the tree's root and the chain's hash over them, the time
and the key. It is signed (Ed25519) as a text that no other use of the key can produce, and kept twice: as a
row, and as a line of JSON in a file that another party copies.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PREFIX = "jedel journal head v1"
"""First line of the signed text: a signature made for anything else is none of a head."""

KEY_PREFIX = "ed25519:"
_REGION = re.compile(r"[0-9A-Za-z_-]{1,32}")


class Malformed(ValueError):
    """A line or a key that cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Head:
    """``root`` and ``chain`` are those of the first ``size`` entries of ``region``; ``key`` is a key's id."""

    region: str
    size: int
    root: bytes
    chain: bytes
    at: datetime
    key: str
    signature: bytes = b""

    def text(self) -> bytes:
        """The exact bytes that are signed; no part can hold a line's end."""
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        parts = (PREFIX, self.region, str(self.size), self.root.hex(), self.chain.hex(), at, self.key)
        return "\n".join(parts).encode()

    def line(self) -> bytes:
        """The head as one line of the file."""
        return orjson.dumps(
            {
                "region": self.region,
                "size": self.size,
                "root": self.root.hex(),
                "chain": self.chain.hex(),
                "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
                "key": self.key,
                "signature": b64encode(self.signature).decode(),
            },
            option=orjson.OPT_APPEND_NEWLINE,
        )


def region_ok(region: str) -> bool:
    """Whether a region's code can stand in a head and name a file."""
    return _REGION.fullmatch(region) is not None


def parse(line: bytes) -> Head:
    """A line of the file.

    Raises:
        Malformed: it is no head.
    """
    try:
        said = orjson.loads(line)
        head = Head(
            said["region"],
            said["size"],
            bytes.fromhex(said["root"]),
            bytes.fromhex(said["chain"]),
            datetime.fromisoformat(said["at"]),
            said["key"],
            b64decode(said["signature"], validate=True),
        )
        known = region_ok(head.region) and type(head.size) is int and head.size > 0
        if not known or "\n" in head.key or head.at.tzinfo is None:
            raise Malformed("region, size, time or key is not one")
    except (KeyError, TypeError, ValueError) as problem:
        raise Malformed(f"{type(problem).__name__}: {problem}") from problem
    return head


def key_id(key: Ed25519PublicKey) -> str:
    """Sixteen digits by which a head names its key."""
    return sha256(key.public_bytes_raw()).hexdigest()[:16]


def key_text(key: Ed25519PublicKey) -> str:
    """The public key as a person hands it on."""
    return KEY_PREFIX + b64encode(key.public_bytes_raw()).decode()


def parse_key(text: str) -> Ed25519PublicKey:
    """What ``key_text`` wrote.

    Raises:
        Malformed: it is no such key.
    """
    try:
        raw = b64decode(text.strip().removeprefix(KEY_PREFIX), validate=True)
        return Ed25519PublicKey.from_public_bytes(raw)
    except ValueError as problem:
        raise Malformed(f"not a public key: {text}") from problem


def sign(key: Ed25519PrivateKey, region: str, size: int, root: bytes, chain: bytes, at: datetime) -> Head:
    """A head under our key."""
    head = Head(region, size, root, chain, at, key_id(key.public_key()))
    return Head(region, size, root, chain, at, head.key, key.sign(head.text()))


def fault(head: Head, keys: Mapping[str, Ed25519PublicKey]) -> str | None:
    """Why the signature is not to be believed; None when it is good. ``keys`` by their ids."""
    key = keys.get(head.key)
    if key is None:
        return f"is signed by key {head.key}, whose public key was not given"
    try:
        key.verify(head.signature, head.text())
    except InvalidSignature:
        return "does not bear its key's signature"
    return None

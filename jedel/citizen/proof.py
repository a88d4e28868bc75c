"""Proof of work: a challenge that nobody keeps, bound to an address, good for two minutes and one question.

A challenge is ``version, bits, expiry, nonce`` and the first half of an HMAC-SHA256 over these and the
address, in base64url. It is solved by a text after which SHA-256 of ``challenge.text`` begins with so many
zero bits. Checking costs one HMAC and one hash. Pure but for the nonce: time is passed in.

What was used is remembered in this process until it has expired. Where n processes answer, a solution could
be used in each of them: each asks for log2(n) bits more, so that the work for a question stays the same.
"""

import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from hashlib import sha256
from struct import Struct

from jedel.citizen.errors import ProofRefused, ProofUsed, TooManyQuestions

VERSION = 1
LIFE_S = 120
USED_MAX = 200_000
"""Of two minutes, in each of two sets: 2 × 17 MB at most. Beyond it nothing is taken any more."""
CHALLENGE_CHARS = 40
ANSWER_CHARS_MAX = 20

_HEAD = Struct(">BBI8s")
_MAC_BYTES = 16


@dataclass(frozen=True, slots=True)
class Proof:
    """``answer``: what was found."""

    challenge: str
    answer: str


def zero_bits(digest: bytes) -> int:
    """How many zero bits a digest begins with."""
    return len(digest) * 8 - int.from_bytes(digest, "big").bit_length()


def solved(proof: Proof, bits: int) -> bool:
    digest = sha256(f"{proof.challenge}.{proof.answer}".encode()).digest()
    return zero_bits(digest) >= bits


class Proofs:
    """Makes challenges and judges solutions; ``secret`` is shared by all processes."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._used: set[bytes] = set()
        self._used_before: set[bytes] = set()
        self._turned_s = 0.0

    def challenge(self, address: bytes, bits: int, now_s: float) -> str:
        head = _HEAD.pack(VERSION, bits, int(now_s) + LIFE_S, os.urandom(8))
        return urlsafe_b64encode(head + self._mac(head, address)).decode()

    def judge(self, proof: Proof, address: bytes, bits: int, now_s: float) -> None:
        """Take a solution of at least so many bits; it is used up then.

        Raises:
            ProofRefused, ProofUsed, TooManyQuestions: more were used than are remembered.
        """
        raw = _decoded(proof)
        head, mac = raw[: _HEAD.size], raw[_HEAD.size :]
        if not hmac.compare_digest(mac, self._mac(head, address)):
            raise ProofRefused
        version, has_bits, expires_s, nonce = _HEAD.unpack(head)
        if version != VERSION or expires_s < now_s or has_bits < bits or not solved(proof, has_bits):
            raise ProofRefused
        self._turn(now_s)
        if nonce in self._used or nonce in self._used_before:
            raise ProofUsed
        if len(self._used) >= USED_MAX:
            raise TooManyQuestions(retry_after_s=LIFE_S)
        self._used.add(nonce)

    def _mac(self, head: bytes, address: bytes) -> bytes:
        return hmac.digest(self._secret, head + address, "sha256")[:_MAC_BYTES]

    def _turn(self, now_s: float) -> None:
        """Nonces of the last two lives are known at least."""
        if now_s - self._turned_s > LIFE_S:
            fresh = now_s - self._turned_s > 2 * LIFE_S
            self._used_before = set() if fresh else self._used
            self._used = set()
            self._turned_s = now_s


def _decoded(proof: Proof) -> bytes:
    if len(proof.challenge) != CHALLENGE_CHARS or len(proof.answer) > ANSWER_CHARS_MAX:
        raise ProofRefused
    try:
        raw = urlsafe_b64decode(proof.challenge.encode())
    except (NotBase64, ValueError) as fault:
        raise ProofRefused from fault
    if len(raw) != _HEAD.size + _MAC_BYTES or not proof.answer.isascii():
        raise ProofRefused
    return raw

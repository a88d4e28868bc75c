"""Who may ask how much, and for how much work. Pure: times are passed in.

For each question, in this order
1. The address's and the device's share must hold the question's price, or it is refused until they do.
2. Work is asked for where the process is under load, where the address has used up what is free, or where the
   question always costs work; the more, the more.
3. A proof that is given is judged, and used up, whether or not one was needed.
4. Only then are the shares charged: who is refused loses nothing.

A device's number is the caller's own word: it can only narrow what his address may.
"""

from dataclasses import dataclass
from hashlib import blake2b
from math import ceil, exp, log2

from jedel.citizen.buckets import Buckets
from jedel.citizen.errors import ProofNeeded, TooManyQuestions
from jedel.citizen.proof import Proof, Proofs

BITS_FIRST, BITS_MAX = 16, 22
"""65,536 hashes and 4 million: 0.3 s and 20 s of the page's worker on two busy cores (214,000 a second)."""
SLACK_BITS = 1
"""A challenge was made a while ago, when a little less may have been asked; never less than at first."""
LOAD_OVER_S = 5.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Of the whole installation; each of its ``processes`` gives its part.

    ``calm_per_s``: questions a second at which nobody works. ``free``: questions of one address beyond what
    flows in, before it works.
    """

    processes: int = 1
    calm_per_s: float = 200.0
    free: float = 10.0
    address_per_hour: float = 240.0
    address_burst: float = 60.0
    device_per_hour: float = 60.0
    device_burst: float = 20.0


@dataclass(frozen=True, slots=True)
class Price:
    """``tokens`` of the shares, and zero bits that are asked for in any case."""

    tokens: float = 1.0
    bits: int = 0


QUESTION = Price()
RECEIPT = Price(tokens=2.0)
REPORT = Price(tokens=5.0, bits=17)


@dataclass(frozen=True, slots=True)
class Caller:
    """``address``: addresses.client_key. ``device``: the number that the page made for itself, if any."""

    address: bytes
    device: str | None


class Guard:
    """One for each process. ``now_s`` are seconds since 1970."""

    def __init__(self, secret: bytes, limits: Limits) -> None:
        share = limits.processes
        self.limits = limits
        self.proofs = Proofs(secret)
        self.addresses = Buckets(limits.address_per_hour / share, max(limits.address_burst / share, 1.0))
        self.devices = Buckets(limits.device_per_hour / share, max(limits.device_burst / share, 1.0))
        self._free = limits.free / share
        self._calm_per_s = limits.calm_per_s / share
        self._more_bits = ceil(log2(share))
        self._load_per_s = 0.0
        self._load_at_s = 0.0

    def ask(self, caller: Caller, price: Price, proof: Proof | None, now_s: float) -> None:
        """Let a question pass and charge it.

        Raises:
            ProofRefused, ProofUsed, ProofNeeded, TooManyQuestions
        """
        self._count(now_s)
        device = _key(caller.device)
        wait_s = self.addresses.wait_s(caller.address, price.tokens, now_s)
        if device is not None:
            wait_s = max(wait_s, self.devices.wait_s(device, price.tokens, now_s))
        if wait_s > 0:
            raise TooManyQuestions(retry_after_s=ceil(wait_s))
        bits = self.bits(caller.address, price, now_s)
        if proof is not None:
            least = max(price.bits, BITS_FIRST) + self._more_bits
            self.proofs.judge(proof, caller.address, max(bits - SLACK_BITS, least), now_s)
        elif bits:
            raise ProofNeeded(bits=bits)
        self.addresses.take(caller.address, price.tokens, now_s)
        if device is not None:
            self.devices.take(device, price.tokens, now_s)

    def bits(self, address: bytes, price: Price, now_s: float) -> int:
        """Zero bits that a question costs now; 0: none."""
        excess = max(
            self.load_per_s(now_s) / self._calm_per_s,
            (self.addresses.taken(address, now_s) + price.tokens) / self._free if not price.bits else 0.0,
        )
        rising = BITS_FIRST + int(log2(excess)) if excess > 1.0 else 0
        bits = max(rising, price.bits)
        return min(bits, BITS_MAX) + self._more_bits if bits else 0

    def challenge(self, address: bytes, price: Price, now_s: float) -> tuple[str, int]:
        """A challenge as hard as a question is now, and its bits."""
        bits = self.bits(address, price, now_s) or BITS_FIRST + self._more_bits
        return self.proofs.challenge(address, bits, now_s), bits

    def load_per_s(self, now_s: float) -> float:
        """Questions a second, refused ones too, over the last seconds."""
        return self._load_per_s * exp(min(self._load_at_s - now_s, 0.0) / LOAD_OVER_S)

    def _count(self, now_s: float) -> None:
        self._load_per_s = self.load_per_s(now_s) + 1.0 / LOAD_OVER_S
        self._load_at_s = now_s


def _key(device: str | None) -> bytes | None:
    return blake2b(device.encode(), digest_size=8).digest() if device else None

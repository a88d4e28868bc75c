"""The Merkle tree of RFC 6962 over a region's entries. Pure.

Leaves are the entries' chain hashes in order; leaf = SHA-256(0x00 ‖ hash), node = SHA-256(0x01 ‖ left ‖
right), and a tree of n leaves splits at the largest power of two below n (RFC 6962, 2.1).

Invariants
1. A ``Range`` of n leaves holds one root for each bit set in n, the largest subtree first: that is all that
   is needed to add leaves or to know the root, so a tree of any size is carried on in O(log n) memory.
2. Folding the roots gives the tree's root. Who trusts the root may therefore take the range from anybody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Hash of a leaf."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Range:
    """The first ``size`` leaves as the roots of their complete subtrees."""

    size: int = 0
    roots: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if len(self.roots) != self.size.bit_count():
            raise ValueError(f"{self.size} leaves have {self.size.bit_count()} roots, not {len(self.roots)}")

    def add(self, leaves: Iterable[bytes]) -> "Range":
        """The range with more leaves (their data, not their hashes) behind it."""
        size, roots = self.size, list(self.roots)
        for data in leaves:
            _push(roots, size, leaf_hash(data))
            size += 1
        return Range(size, tuple(roots))

    def join(self, other: "Range") -> "Range":
        """This range with the leaves of ``other`` behind it.

        Raises:
            ValueError: a subtree of ``other`` would not stand on a boundary of its own size.
        """
        size, roots, at = self.size, list(self.roots), 0
        for bit in reversed(range(other.size.bit_length())):
            step = 1 << bit
            if not other.size & step:
                continue
            if size & (step - 1):
                raise ValueError(f"{other.size} leaves do not join onto {self.size}")
            _push(roots, size >> bit, other.roots[at])
            size, at = size + step, at + 1
        return Range(size, tuple(roots))

    def root(self) -> bytes:
        """The tree head's root hash."""
        if not self.roots:
            return EMPTY_ROOT
        node = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            node = node_hash(left, node)
        return node


def _push(roots: list[bytes], before: int, node: bytes) -> None:
    """Put a complete subtree behind ``before`` others of its size, as adding one in binary carries."""
    while before & 1:
        node = node_hash(roots.pop(), node)
        before >>= 1
    roots.append(node)


class Levels:
    """All nodes of the complete subtrees over some leaves: the range of every prefix, and proofs, at once."""

    def __init__(self, leaf_hashes: Sequence[bytes]) -> None:
        self.size = len(leaf_hashes)
        self._levels: list[Sequence[bytes]] = [leaf_hashes]
        while len(below := self._levels[-1]) > 1:
            pairs = iter(below)
            self._levels.append(
                [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)]
            )

    def prefix(self, size: int) -> Range:
        """The range of the first ``size`` leaves."""
        bits = reversed(range(size.bit_length()))
        return Range(size, tuple(self._levels[bit][(size >> bit) - 1] for bit in bits if size >> bit & 1))

    def root(self, start: int, end: int) -> bytes:
        """The root over the leaves start … end-1; ``start`` is where the RFC's definition would split."""
        if start == end:
            return EMPTY_ROOT
        size = end - start
        if size & (size - 1) == 0:
            return self._levels[size.bit_length() - 1][start // size]
        middle = start + _split(size)
        return node_hash(self.root(start, middle), self.root(middle, end))

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The audit path of leaf ``index`` in the tree of the first ``size`` (RFC 6962, 2.1.1)."""
        if not 0 <= index < size <= self.size:
            raise ValueError(f"no leaf {index} in {size} of {self.size}")
        path: list[bytes] = []
        start, end = 0, size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                path.append(self.root(middle, end))
                end = middle
            else:
                path.append(self.root(start, middle))
                start = middle
        return path[::-1]

    def consistency(self, first: int, second: int) -> list[bytes]:
        """The proof that the tree of ``first`` leaves begins the tree of ``second`` (RFC 6962, 2.1.2)."""
        if not 0 < first <= second <= self.size:
            raise ValueError(f"no proof from {first} to {second} of {self.size}")
        path: list[bytes] = []
        start, end, whole = 0, second, True
        while end != first:
            middle = start + _split(end - start)
            if first <= middle:
                path.append(self.root(middle, end))
                end = middle
            else:
                path.append(self.root(start, middle))
                start, whole = middle, False
        return ([] if whole else [self.root(start, end)]) + path[::-1]


def _split(size: int) -> int:
    """The largest power of two below ``size`` (≥ 2)."""
    return 1 << ((size - 1).bit_length() - 1)


def included(data: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether ``proof`` shows that leaf ``index`` of the tree with ``size`` leaves and ``root`` is ``data``
    (the algorithm of RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, at, last = leaf_hash(data), index, size - 1
    for step in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            node = node_hash(step, node)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            node = node_hash(node, step)
        at, last = at >> 1, last >> 1
    return last == 0 and node == root


def consistent(
    first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether ``proof`` shows that the tree of ``first`` leaves begins that of ``second`` leaves (the
    algorithm of RFC 9162, 2.1.4.2)."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    steps = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not steps:
        return False
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, step)
        at, last = at >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root

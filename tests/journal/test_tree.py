"""The tree is RFC 6962's: by its definition written down plainly, and by its known values."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jedel.journal.tree import EMPTY_ROOT, Levels, Range, consistent, included, leaf_hash

# The leaves and roots of the Certificate Transparency reference implementation's own tests.
KNOWN_LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
KNOWN_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

leaves = st.lists(st.binary(max_size=3), min_size=1, max_size=70)


def naive(data: list[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1, word by word."""
    if not data:
        return sha256(b"").digest()
    if len(data) == 1:
        return sha256(b"\x00" + data[0]).digest()
    k = 1
    while k * 2 < len(data):
        k *= 2
    return sha256(b"\x01" + naive(data[:k]) + naive(data[k:])).digest()


def naive_path(m: int, data: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962, 2.1.1, word by word."""
    if len(data) == 1:
        return []
    k = 1
    while k * 2 < len(data):
        k *= 2
    if m < k:
        return [*naive_path(m, data[:k]), naive(data[k:])]
    return [*naive_path(m - k, data[k:]), naive(data[:k])]


def naive_proof(m: int, data: list[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 6962, 2.1.2, word by word."""
    if m == len(data):
        return [] if whole else [naive(data)]
    k = 1
    while k * 2 < len(data):
        k *= 2
    if m <= k:
        return [*naive_proof(m, data[:k], whole), naive(data[k:])]
    return [*naive_proof(m - k, data[k:], False), naive(data[:k])]


def levels(data: list[bytes]) -> Levels:
    return Levels([leaf_hash(one) for one in data])


def test_known_roots() -> None:
    assert Range().root() == EMPTY_ROOT == naive([]) == levels([]).root(0, 0)
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    for size, root in enumerate(KNOWN_ROOTS, 1):
        assert Range().add(KNOWN_LEAVES[:size]).root().hex() == root
        assert levels(KNOWN_LEAVES).prefix(size).root().hex() == root


@given(leaves, st.data())
def test_a_range_is_the_tree_however_it_came_about(data: list[bytes], draw: st.DataObject) -> None:
    at = draw.draw(st.integers(0, len(data)))
    grown = Range().add(data[:at]).add(data[at:])
    assert grown == Range().add(data) == levels(data).prefix(len(data))
    assert grown.root() == naive(data) == levels(data).root(0, len(data))
    assert levels(data).prefix(at) == Range().add(data[:at])


@given(leaves, leaves, st.integers(0, 3))
def test_chunks_of_a_power_of_two_join(one: list[bytes], two: list[bytes], bit: int) -> None:
    step = 1 << bit
    front = (one * step)[: len(one) // step * step]
    back = two[:step]
    joined = Range().add(front).join(Range().add(back))
    assert joined == Range().add(front + back)
    assert joined.join(Range()) == joined


def test_what_would_not_join_is_refused() -> None:
    with pytest.raises(ValueError, match="do not join"):
        Range().add([b"a"]).join(Range().add([b"b", b"c"]))
    with pytest.raises(ValueError, match="have 2 roots"):
        Range(3, (b"a",))


@given(leaves, st.data())
def test_inclusion(data: list[bytes], draw: st.DataObject) -> None:
    size = draw.draw(st.integers(1, len(data)))
    index = draw.draw(st.integers(0, size - 1))
    proof = levels(data).inclusion(index, size)
    root = naive(data[:size])
    assert proof == naive_path(index, data[:size])
    assert included(data[index], index, size, proof, root)
    assert not included(data[index] + b"x", index, size, proof, root)
    assert not included(data[index], index, size, [*proof, root], root)
    assert not included(data[index], index, size, proof, bytes(32))
    assert not included(data[index], size, size, proof, root)
    if proof:
        assert not included(data[index], index, size, proof[:-1], root)
        assert not included(data[index], index, size, [bytes(32), *proof[1:]], root)


@given(leaves, st.data())
def test_consistency(data: list[bytes], draw: st.DataObject) -> None:
    second = draw.draw(st.integers(1, len(data)))
    first = draw.draw(st.integers(1, second))
    proof = levels(data).consistency(first, second)
    old, new = naive(data[:first]), naive(data[:second])
    assert proof == naive_proof(first, data[:second])
    assert consistent(first, old, second, new, proof)
    assert not consistent(first, bytes(32), second, new, proof)
    assert not consistent(first, old, second, bytes(32), proof)
    assert not consistent(first, old, second, new, [*proof, bytes(32)])
    assert not consistent(0, old, second, new, proof)
    assert not consistent(second + 1, old, second, new, proof)
    if proof:
        assert not consistent(first, old, second, new, proof[:-1])
        assert not consistent(first, old, second, new, [])
        assert not consistent(first, old, second, new, [*proof[:-1], bytes(32)])


def test_what_is_not_there_has_no_proof() -> None:
    with pytest.raises(ValueError, match="no leaf"):
        levels([b"a"]).inclusion(1, 1)
    with pytest.raises(ValueError, match="no proof"):
        levels([b"a"]).consistency(0, 1)


def test_no_proof_of_a_small_tree_is_good_when_it_is_cut_or_lengthened() -> None:
    data = [bytes([n]) for n in range(17)]
    tree = levels(data)
    for second in range(1, 18):
        new = naive(data[:second])
        for first in range(1, second + 1):
            old, proof = naive(data[:first]), tree.consistency(first, second)
            assert consistent(first, old, second, new, proof)
            for bad in ([*proof, new], proof[1:], proof[:-1], [new, *proof], []):
                assert bad == proof or not consistent(first, old, second, new, bad)
        for index in range(second):
            proof = tree.inclusion(index, second)
            assert included(data[index], index, second, proof, new)
            for bad in ([*proof, new], proof[1:], proof[:-1], [new, *proof]):
                assert bad == proof or not included(data[index], index, second, bad, new)

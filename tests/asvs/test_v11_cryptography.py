"""V11 Cryptography: which algorithms, which keys, what happens when what was sealed is changed."""

import os
from pathlib import Path
from uuid import uuid4

import pytest
from argon2 import Type

from jedel.access.keypairs.model import public_key
from jedel.access.seal import Sealer, SealFault
from jedel.access.service import HASHER
from tests.asvs.source import calls, imported, modules
from tests.support.keypair import KeyPair


def test_what_is_sealed_opens_unchanged_for_its_owner_or_not_at_all(tmp_path: Path) -> None:
    sealer, owner = Sealer(tmp_path / "seal.key"), uuid4()
    sealed = sealer.seal(b"secret", owner)
    assert sealer.open(sealed, owner) == b"secret"
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(SealFault):
            sealer.open(bytes(changed), owner)
    for bad in (sealed[:-1], sealed + b"\0"):
        with pytest.raises(SealFault):
            sealer.open(bad, owner)
    with pytest.raises(SealFault):
        sealer.open(sealed, uuid4())
    with pytest.raises(SealFault):
        Sealer(tmp_path / "other.key").open(sealed, owner)


def test_the_same_secret_is_never_sealed_alike(tmp_path: Path) -> None:
    sealer, owner = Sealer(tmp_path / "seal.key"), uuid4()
    assert len({sealer.seal(b"secret", owner) for _ in range(200)}) == 200
    assert len({sealer.seal(b"secret", owner)[:12] for _ in range(200)}) == 200


def test_passwords_cost_what_the_rfc_asks() -> None:
    """RFC 9106, second recommended option: Argon2id, 64 MiB, 3 passes, 4 lanes, a salt of 128 bits."""
    assert HASHER.type is Type.ID
    assert (HASHER.memory_cost, HASHER.time_cost, HASHER.parallelism) == (65536, 3, 4)
    assert HASHER.salt_len >= 16
    assert HASHER.hash_len >= 32


def test_a_device_s_key_is_a_point_of_the_curve() -> None:
    good = KeyPair().point
    assert public_key(good)
    for bad in (
        b"",
        good[:-1],
        good + b"\0",
        b"\x04" + bytes(64),
        b"\x04" + os.urandom(64),
        b"\x02" + good[1:33],
    ):
        with pytest.raises(ValueError):
            public_key(bad)


BROKEN = {"md5", "sha1", "new", "DES", "ARC4", "Blowfish", "TripleDES"}
GUESSABLE = {
    "random.random",
    "random.randint",
    "random.choice",
    "random.choices",
    "random.randbytes",
    "random.Random",
    "uuid1",
}


def test_no_broken_algorithm_and_no_guessable_chance() -> None:
    """MD5, SHA-1, ECB, RC4, DES and `random` are used nowhere; one-time passwords (RFC 6238, SHA-1 as an
    HMAC, which the phones' apps know) come from pyotp."""
    for path, tree in modules():
        assert "random" not in imported(tree), path
        for name, call in calls(tree):
            last = name.rsplit(".", 1)[-1]
            assert not (name.startswith("hashlib.") and last in BROKEN), f"{path}:{call.lineno} {name}"
            assert last not in {"ECB", "PKCS1v15", "MD5", "SHA1", *BROKEN - {"new"}}, (
                f"{path}:{call.lineno} {name}"
            )
            assert name not in GUESSABLE, f"{path}:{call.lineno} {name}"


def test_secrets_are_compared_in_constant_time() -> None:
    """Where access compares digests and codes it does so by compare_digest."""
    compared = {
        path for path, tree in modules() for name, _ in calls(tree) if name.endswith("compare_digest")
    }
    assert {"jedel/access/model.py", "jedel/access/totp/model.py"} <= compared

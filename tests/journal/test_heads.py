"""A head is signed as a whole, and read back as it was written."""

import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from jedel.journal import headfile
from jedel.journal.heads import Head, Malformed, fault, key_id, key_text, parse, parse_key, sign
from jedel.journal.keys import KeyFault, load, load_or_make

KEY = Ed25519PrivateKey.generate()
KEYS = {key_id(KEY.public_key()): KEY.public_key()}
AT = datetime(2026, 11, 22, 15, 0, 0, 5, tzinfo=UTC)
HEAD = sign(KEY, "02", 7, bytes(32), bytes([1]) * 32, AT)


@given(st.integers(1, 2**60), st.binary(min_size=32, max_size=32), st.datetimes(timezones=st.just(UTC)))
def test_what_is_signed_is_read_back_and_good(size: int, root: bytes, at: datetime) -> None:
    head = sign(KEY, "20", size, root, root[::-1], at)
    assert parse(head.line()) == head
    assert fault(head, KEYS) is None


@pytest.mark.parametrize(
    "other",
    [
        replace(HEAD, region="03"),
        replace(HEAD, size=8),
        replace(HEAD, root=bytes([1]) * 32),
        replace(HEAD, chain=bytes(32)),
        replace(HEAD, at=AT + timedelta(microseconds=1)),
        replace(HEAD, signature=bytes(64)),
        replace(HEAD, signature=b""),
        replace(HEAD, signature=KEY.sign(HEAD.text().partition(b"\n")[2])),
    ],
)
def test_a_signature_binds_every_part_and_its_purpose(other: Head) -> None:
    assert fault(HEAD, KEYS) is None
    assert "does not bear" in str(fault(other, KEYS))


def test_an_unknown_key_is_named() -> None:
    assert HEAD.key in str(fault(HEAD, {}))
    assert "f00d" in str(fault(replace(HEAD, key="f00d"), KEYS))


@pytest.mark.parametrize(
    "change",
    [
        {"region": "../../etc"},
        {"region": 7},
        {"size": "7"},
        {"size": True},
        {"size": 0},
        {"root": "xyz"},
        {"at": "yesterday"},
        {"at": "2026-11-22T15:00:00"},
        {"key": "a\nb"},
        {"signature": "***"},
        {"signature": None},
    ],
)
def test_a_line_that_is_no_head_says_so(change: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        parse(orjson.dumps(orjson.loads(HEAD.line()) | change))
    for line in (b"", b"[]", b"7", b"{}", HEAD.line()[:-9]):
        with pytest.raises(Malformed):
            parse(line)


def test_a_public_key_is_handed_on_as_text() -> None:
    text = key_text(KEY.public_key())
    for said in (text, f" {text}\n", text.removeprefix("ed25519:")):
        assert key_id(parse_key(said)) == HEAD.key
    for wrong in ("", "ed25519:", "ed25519:AAAA", "жедел", "rsa:" + text):
        with pytest.raises(Malformed):
            parse_key(wrong)


def test_the_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "journal.key"
    with ThreadPoolExecutor(8) as pool:
        made = {key_id(key.public_key()) for key in pool.map(load_or_make, [path] * 8)}
    assert len(made) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]
    assert {key_id(load(path).public_key())} == made


def test_a_key_that_others_may_read_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "journal.key"
    load_or_make(path)
    path.chmod(0o640)
    with pytest.raises(KeyFault, match="chmod 600"):
        load_or_make(path)


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.key"
    with pytest.raises(KeyFault, match="cannot be read"):
        load(path)
    path.write_text("no key")
    path.chmod(0o600)
    with pytest.raises(KeyFault, match="cannot be read"):
        load(path)
    path.write_bytes(
        X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    with pytest.raises(KeyFault, match="no Ed25519"):
        load(path)
    with pytest.raises(KeyFault, match="cannot be made"):
        load_or_make(path / "below" / "journal.key")


def test_the_file_of_heads_loses_only_what_a_crash_tore(tmp_path: Path) -> None:
    path = headfile.path_of(tmp_path / "heads", "02")
    assert headfile.last(path) is None
    heads = [replace(HEAD, size=size) for size in (7, 9, 12)]
    headfile.append(path, heads[:2])
    assert headfile.last(path) == heads[1]
    whole = path.read_bytes()
    path.write_bytes(whole + heads[2].line()[:-30])
    assert headfile.last(path) == heads[1]
    assert list(headfile.read(path)) == [(1, heads[0]), (2, heads[1])]
    headfile.append(path, heads[2:])
    assert path.read_bytes() == whole + heads[2].line()
    path.write_bytes(b"rubbish\n" + whole)
    (first, problem), *rest = headfile.read(path)
    assert first == 1
    assert isinstance(problem, Malformed)
    assert rest == [(2, heads[0]), (3, heads[1])]

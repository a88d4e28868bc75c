"""Basic and Digest, both sides, and the examples of the standards."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtsp.auth import Challenge, Gate, answer, read_challenges
from rtsp.errors import Malformed

quick = settings(max_examples=40, deadline=None)

NOW = 1_800_000_000.0
URI = "rtsp://10.0.0.1/live"
GATE = Gate("Jedel", b"key of the server")


def test_the_example_of_rfc_7616() -> None:
    said = "http-auth@example.org"
    nonce, cnonce = (
        "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
    )
    for algorithm, expected in (
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ):
        challenge = Challenge("digest", said, nonce, algorithm=algorithm, qop="auth")
        made = answer(challenge, "GET", "/dir/index.html", "Mufasa", "Circle of Life", cnonce)
        assert f'response="{expected}"' in made


def test_the_example_of_rfc_2069_without_qop() -> None:
    challenge = Challenge("digest", "testrealm@host.com", "dcd98b7102dd2f0e8b11d0f600bfb0c093")
    made = answer(challenge, "GET", "/dir/index.html", "Mufasa", "CircleOfLife")
    assert 'response="1949323746fe6a43ef61f9606e7febea"' in made


@quick
@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_who_knows_the_password_gets_in_and_nobody_else(user: str, password: str, other: str) -> None:
    for challenge in read_challenges(Gate("J", b"k", basic=True).challenges(NOW)):
        if challenge.scheme == "basic" and ":" in user:
            continue
        login = Gate("J", b"k", basic=True).read(
            answer(challenge, "PLAY", URI, user, password, "c"), "PLAY", URI, NOW + 1
        )
        assert login is not None
        assert login.user == user
        assert login.matches(password)
        assert login.matches(other) == (other == password)


def test_the_strongest_is_answered_first_and_unknown_ones_passed_over() -> None:
    offered = [
        'Basic realm="x"',
        'Digest realm="x", nonce="n"',
        'Digest realm="x", nonce="n", algorithm=SHA-256, qop="auth,auth-int"',
        'Digest realm="x", nonce="n", algorithm=SHA-512-256',
        "Bearer realm=x",
        'Digest realm="no nonce"',
        'Digest realm="not closed',
    ]
    found = read_challenges(offered)
    assert [(one.scheme, one.algorithm, one.qop) for one in found] == [
        ("digest", "SHA-256", "auth"),
        ("digest", "MD5", ""),
        ("basic", "MD5", ""),
    ]


def test_an_answer_holds_only_for_its_method_address_and_time() -> None:
    made = answer(read_challenges(GATE.challenges(NOW))[0], "SETUP", URI, "u", "p", "c")
    login = GATE.read(made, "SETUP", URI, NOW)
    assert login is not None
    assert login.matches("p")
    other_method = GATE.read(made, "PLAY", URI, NOW)
    assert other_method is not None
    assert not other_method.matches("p")
    assert GATE.read(made, "SETUP", "rtsp://10.0.0.1/other", NOW) is None
    assert GATE.read(made, "SETUP", URI, NOW + 301) is None
    assert Gate("Jedel", b"another key").read(made, "SETUP", URI, NOW) is None
    assert GATE.read("Basic dTpw", "SETUP", URI, NOW) is None  # not offered
    assert GATE.read("Bearer x", "SETUP", URI, NOW) is None


@quick
@given(st.text(max_size=200))
def test_any_text_is_a_login_nobody_or_malformed(text: str) -> None:
    gate = Gate("J", b"k", basic=True)
    for value in (text, f"Digest {text}", f"Basic {text}"):
        with contextlib.suppress(Malformed):
            gate.read(value, "PLAY", URI, NOW)
    read_challenges([text, f"Digest {text}"])


def test_credentials_that_are_too_long() -> None:
    with pytest.raises(Malformed):
        GATE.read("Digest " + "a=b," * 2000, "PLAY", URI, NOW)

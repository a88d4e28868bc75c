"""RTSP on the wire: what is written is read again, however it is cut; anything else is Malformed."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtsp.errors import Malformed
from rtsp.messages import Frame, Headers, Message, Parser, Request, Response, frame

quick = settings(max_examples=40, deadline=None)

words = st.text('abcdefghijklmnopqrstuvwxyzABC0123456789-_/=;," ', min_size=1, max_size=40).map(str.strip)
names = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=20)
headers = st.lists(st.tuples(names.filter(lambda n: n != "content-length"), words), max_size=8).map(Headers)
requests = st.builds(
    Request,
    st.sampled_from(["OPTIONS", "DESCRIBE", "SETUP", "PLAY", "GET_PARAMETER", "TEARDOWN"]),
    st.just("rtsp://10.0.0.1/live"),
    headers,
    st.binary(max_size=200),
)
responses = st.builds(Response, st.integers(100, 599), headers, st.binary(max_size=200), st.just("Reason"))
frames = st.builds(Frame, st.integers(0, 255), st.binary(max_size=300))
messages: st.SearchStrategy[Message] = st.one_of(requests, responses, frames)


@quick
@given(st.lists(messages, max_size=6), st.lists(st.integers(1, 50), min_size=1, max_size=20))
def test_what_is_written_is_read_again_however_it_is_cut(said: list[Message], cuts: list[int]) -> None:
    data = b"".join(each.encode() for each in said)
    parser, found, at, nth = Parser(), [], 0, 0
    while at < len(data):
        step = cuts[nth % len(cuts)]
        found += parser.feed(data[at : at + step])
        at, nth = at + step, nth + 1
    assert [type(each) for each in found] == [type(each) for each in said]
    for one, other in zip(found, said, strict=True):
        if isinstance(one, Frame):
            assert one == other
        else:
            assert not isinstance(other, Frame)
            assert one.body == other.body
            assert [pair for pair in one.headers if pair[0] != "Content-Length"] == list(other.headers)
    assert parser.held == 0


@quick
@given(st.binary(max_size=2000))
def test_any_bytes_are_messages_or_malformed(data: bytes) -> None:
    with contextlib.suppress(Malformed):
        Parser().feed(data)


@quick
@given(requests | responses, st.data())
def test_mutated_messages_too(message: Request | Response, draw: st.DataObject) -> None:
    data = bytearray(message.encode())
    for _ in range(draw.draw(st.integers(1, 8))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    with contextlib.suppress(Malformed):
        Parser().feed(bytes(data))


@pytest.mark.parametrize(
    "data",
    [
        b"RTSP/1.0 200 OK\r\n" + b"A: b\r\n" * 65 + b"\r\n",
        b"RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"RTSP/1.0 200 OK\r\nContent-Length: 262145\r\n\r\n",
        b"RTSP/1.0 200 OK\r\nContent-Length: 99999999999999\r\n\r\n",
        b"RTSP/1.0 20 OK\r\n\r\n",
        b"RTSP/1.0 200 OK\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"A" * 17_000,
        b"\xff\xfe",
    ],
)
def test_limits(data: bytes) -> None:
    with pytest.raises(Malformed):
        Parser().feed(data)


def test_a_header_that_goes_on_in_the_next_line_and_empty_lines_between() -> None:
    (found,) = Parser().feed(b"\r\n\r\nRTSP/1.0 401 No\r\nA: b\r\n\tc\r\n\r\n\r\n")
    assert isinstance(found, Response)
    assert (found.status, found.headers.get("a"), found.headers.all("A")) == (401, "b c", ["b c"])


def test_nothing_can_be_smuggled_into_a_header() -> None:
    with pytest.raises(Malformed):
        Request("PLAY", "rtsp://x/\r\nAuthorization: y").encode()
    with pytest.raises(Malformed):
        frame(0, bytes(65_536))


def test_values_are_not_shown() -> None:
    assert "secret" not in repr(Request("PLAY", "rtsp://x/", Headers([("Authorization", "secret")])))

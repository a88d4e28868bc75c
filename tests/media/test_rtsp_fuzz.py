"""A server that answers with mutated answers: nothing but a fault, no hang, nothing left behind."""

import asyncio
import gc
from collections.abc import Callable
from random import Random

import pytest

from jedel.media.hub import Hub
from jedel.media.model import Fault, SourceFault
from jedel.media.sources.rtsp import RtspSource
from rtsp import sdp
from rtsp.messages import frame
from rtsp.payloads import Packetiser, media_of
from tests.media.rtsp_support import rude, spec
from tests.rtsp import made

Answer = Callable[[bytes, asyncio.StreamWriter], None]


def good(dice: Random) -> list[bytes]:
    """What a camera answers: OPTIONS, DESCRIBE, SETUP, PLAY and pictures."""
    body = sdp.write([media_of(made.format_of(), "track0")])
    head = b"RTSP/1.0 200 OK\r\nCSeq: %d\r\n"
    digest = (
        b'RTSP/1.0 401 No\r\nCSeq: %d\r\nWWW-Authenticate: Digest realm="c", nonce="n", qop="auth"\r\n\r\n'
    )
    describe = head % 2 + b"Content-Type: application/sdp\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    packer = Packetiser(made.format_of())
    play = head % 4 + b"Session: 5\r\n\r\n"
    play += b"".join(frame(0, packet) for unit in made.pictures() for packet in packer(unit))
    options = digest % 1 if dice.random() < 0.2 else head % 1 + b"Public: GET_PARAMETER\r\n\r\n"
    set_up = head % 3 + b"Session: 5;timeout=4\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n\r\n"
    return [options, describe, set_up, play]


def mutated(data: bytes, dice: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.choice((0, 1, 1, 2, 5, 20))):
        at = dice.randrange(len(changed)) if changed else 0
        kind = dice.randrange(6)
        if kind == 0:
            changed[at : at + 1] = bytes((dice.randrange(256),))
        elif kind == 1:
            del changed[at : at + dice.randrange(1, 40)]
        elif kind == 2:
            changed[at:at] = dice.randbytes(dice.randrange(1, 40))
        elif kind == 3:
            piece = changed[at : at + dice.randrange(1, 200)]
            changed[at:at] = piece * dice.randrange(1, 4)
        elif kind == 4:
            changed[at:at] = dice.choice(
                (b"\r\n\r\n", b"$\x00\xff\xff", b"\xff" * 9, b"99999999999", b"\r\n")
            )
        else:
            del changed[at:]
    return bytes(changed)


def fuzzing(dice: Random) -> Answer:
    answers = good(dice)

    def answer(data: bytes, writer: asyncio.StreamWriter) -> None:
        for _ in range(data.count(b"RTSP/1.0\r\n")):
            if answers:
                writer.write(mutated(answers.pop(0), dice))
        if dice.random() < 0.1:
            writer.transport.abort()

    return answer


async def one(seed: int) -> Fault | None:
    """How it ended; None: it was still well after its time."""
    async with rude(fuzzing(Random(seed))) as port:
        camera = spec(f"rtsp://127.0.0.1:{port}/", "u", "p")
        source = RtspSource(camera, silence_s=0.3, first_s=0.3, answer_s=0.5)
        try:
            async with asyncio.timeout(30):
                await source.run(Hub())
        except SourceFault as fault:
            return fault.fault
    raise AssertionError("it ended without a fault")


async def rounds(first: int, count: int) -> None:
    loop = asyncio.get_running_loop()
    wrong: list[dict[str, object]] = []
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda _, said: wrong.append(said))
    tasks = len(asyncio.all_tasks())
    try:
        for at in range(first, first + count, 20):
            ends = await asyncio.gather(*(one(seed) for seed in range(at, at + 20)))
            assert all(ends)
        gc.collect()
        await asyncio.sleep(0)
    finally:
        loop.set_exception_handler(before)
    ours = [said for said in wrong if not isinstance(said.get("exception"), ConnectionError)]
    assert ours == []
    assert len(asyncio.all_tasks()) <= tasks + 20  # the rude server's own, which are just ending


async def test_mutated_answers_are_faults() -> None:
    await rounds(0, 60)


@pytest.mark.thorough
async def test_many_more_mutated_answers() -> None:
    await rounds(1000, 1000)

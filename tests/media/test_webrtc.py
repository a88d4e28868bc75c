"""Pictures and sound through the edge to a real browser and from it."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
from playwright.async_api import Browser, Page

from jedel.media.errors import OfferMalformed, TooManyViewers
from jedel.media.hub import Hub
from jedel.media.model import AccessUnit, Codec, Fault, Track
from jedel.media.webrtc import Edge, Publisher, Viewer
from tests.media import webrtc_support as support
from tests.media.webrtc_support import COLOUR, fed, frames, page_for, stat
from tests.support import eventually

pytestmark = pytest.mark.browser
WITHIN_S: Final = 60.0


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with support.chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def units() -> list[tuple[bytes, ...]]:
    return support.pictures()


class Desk:
    """The edge, and what asked it. ``edit``: changes an offer before it comes to the edge."""

    def __init__(self, edge: Edge) -> None:
        self.edge = edge
        self.hubs: dict[str, Hub] = {}
        self.viewers: list[Viewer] = []
        self.publishers: list[Publisher] = []
        self.closed: list[tuple[object, str]] = []
        self.edit: Any = lambda offer: offer

    async def watch(self, hub: str, offer: str) -> str:
        answer, viewer = await self.edge.watch(self.hubs[hub], self.edit(offer))
        viewer.on_closed = lambda who, why: self.closed.append((who, why))
        self.viewers.append(viewer)
        return answer

    async def publish(self, hub: str, offer: str) -> str:
        answer, publisher = await self.edge.publish(self.hubs[hub], self.edit(offer))
        publisher.on_closed = lambda who, why: self.closed.append((who, why))
        self.publishers.append(publisher)
        return answer


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    edge = Edge(consent_s=4.0)
    await edge.start("127.0.0.1", 0)
    yield Desk(edge)
    await edge.stop()


@pytest.fixture(scope="module")
async def tab(browser: Browser) -> AsyncIterator[tuple[Page, list[Desk]]]:
    """One page for all tests, and the desk that it asks now."""
    desks: list[Desk] = []

    async def watch(hub: str, offer: str) -> str:
        return await desks[-1].watch(hub, offer)

    async def publish(hub: str, offer: str) -> str:
        return await desks[-1].publish(hub, offer)

    async with page_for(browser, watch, publish) as page:
        yield page, desks


@pytest.fixture
async def page(tab: tuple[Page, list[Desk]], desk: Desk) -> Page:
    page, desks = tab
    desks.append(desk)
    await page.reload()
    return page


async def moving(page: Page, name: str, more: int = 10) -> None:
    """``more`` frames beyond those that were shown when this was asked."""
    before = await frames(page, name)

    async def on() -> bool:
        return await frames(page, name) >= before + more

    await eventually(on, within_s=WITHIN_S, every_s=0.1)


async def start(page: Page, name: str, hub: str = "street", edit: str = "null") -> None:
    await page.evaluate(f"([name, hub]) => window.watch(name, hub, {edit})", [name, hub])


async def test_a_browser_shows_the_picture_and_hears_the_sound(desk: Desk, page: Page, units: Any) -> None:
    async with fed(units, support.opus_packets()) as desk.hubs["street"]:
        await start(page, "a")
        await moving(page, "a", 20)
        shown = await page.evaluate("colour('a')")
        assert all(abs(got - wanted) < 30 for got, wanted in zip(shown, COLOUR, strict=False)), shown
        tone = await page.evaluate("window.tone('a')")
        assert abs(tone - 440) < 60, tone
        picture = await stat(page, "a", "inbound-rtp", "video")
        assert picture["packetsLost"] == 0
        assert picture["jitterBufferDelay"] / picture["jitterBufferEmittedCount"] < 0.3


async def test_who_comes_late_is_at_once_where_all_others_are(desk: Desk, page: Page) -> None:
    """A keyframe every four seconds: the pictures since then run by, and the delay is not four seconds."""
    async with fed(support.pictures(100, g="100"), None) as hub:
        desk.hubs["street"] = hub

        async def well_after_the_keyframe() -> bool:
            return hub.units % 100 in range(50, 80)

        await eventually(well_after_the_keyframe, within_s=WITHIN_S)
        await start(page, "late")
        await moving(page, "late", 15)
        assert await page.evaluate("window.players.late.first") < 3000
        picture = await stat(page, "late", "inbound-rtp", "video")
        assert picture["framesDecoded"] > 50
        assert picture["jitterBufferDelay"] / picture["jitterBufferEmittedCount"] < 0.4


@pytest.mark.thorough
async def test_by_tcp_alone(desk: Desk, page: Page, units: Any) -> None:
    async with fed(units) as desk.hubs["street"]:
        await start(page, "a", edit="(sdp) => sdp.replace(/a=candidate:.* udp .*\\r\\n/g, '')")
        await moving(page, "a", 20)
        pair = await page.evaluate("window.pair('a')")
        assert pair == "tcp"


@pytest.mark.thorough
async def test_one_viewer_dies_and_the_other_goes_on(desk: Desk, browser: Browser, units: Any) -> None:
    async with (
        fed(units) as desk.hubs["street"],
        page_for(browser, desk.watch) as first,
        page_for(browser, desk.watch) as second,
    ):
        await start(first, "a")
        await start(second, "b")
        await moving(first, "a", 5)
        await moving(second, "b", 5)
        await first.close()  # no farewell: its consent runs out, or its DTLS says so

        async def gone() -> bool:
            return bool(desk.closed) and desk.closed[0][0] is desk.viewers[0]

        await eventually(gone, within_s=WITHIN_S)
        assert desk.closed[0][1] in ("silent", "left")
        assert desk.hubs["street"].sinks == 1
        await moving(second, "b", 10)


async def test_a_wrong_password_or_certificate_gets_nothing(desk: Desk, page: Page, units: Any) -> None:
    async with fed(units) as desk.hubs["street"]:
        await start(page, "password", edit="(sdp) => sdp.replace(/a=ice-pwd:..../g, 'a=ice-pwd:0000')")
        desk.edit = lambda offer: re.sub(r"(a=fingerprint:sha-256 )..:..", r"\g<1>00:00", offer)
        await start(page, "fingerprint")
        desk.edit = lambda offer: offer
        await start(page, "right")
        await moving(page, "right", 20)

        async def thrown_out() -> bool:
            return any(who is desk.viewers[1] for who, _ in desk.closed)

        await eventually(thrown_out, within_s=WITHIN_S)
        for nth, name in enumerate(("password", "fingerprint")):
            assert await frames(page, name) == 0
            assert desk.viewers[nth].sent.packets == 0


async def test_lost_packets_are_sent_again(desk: Desk, page: Page, units: Any) -> None:
    async with fed(units) as desk.hubs["street"], support.lossy(desk.edge.port, 0.08) as relay:
        edit = (
            f"(sdp) => sdp.replace(/a=candidate:.* tcp .*\\r\\n/g, '').replace(/ {desk.edge.port} typ/g,"
            f" ' {relay.port} typ')"
        )
        await start(page, "a", edit=edit)
        await moving(page, "a", 75)
        assert relay.lost > 5
        assert desk.viewers[0].sent.repeated > 0
        picture = await stat(page, "a", "inbound-rtp", "video")
        assert picture["nackCount"] > 0
        assert picture["framesDecoded"] >= 70


@pytest.mark.thorough
async def test_other_codecs_or_an_end_let_the_viewer_go(desk: Desk, page: Page, units: Any) -> None:
    async with fed(units) as hub:
        desk.hubs["street"] = hub
        await start(page, "a")
        await moving(page, "a", 5)
        hub.begin((Track(Codec.VP8, 90_000),))

        async def changed() -> bool:
            return [why for _, why in desk.closed] == ["changed"]

        await eventually(changed)
    hub = desk.hubs["street"] = Hub()
    hub.begin((Track(Codec.PCMU, 8_000, 1),))
    await start(page, "b")
    hub.end()

    async def ended() -> bool:
        return [why for _, why in desk.closed] == ["changed", "ended"]

    await eventually(ended)
    assert hub.sinks == 0


class Heard:
    """A sink that remembers."""

    def __init__(self) -> None:
        self.tracks: tuple[Track, ...] = ()
        self.units: list[AccessUnit] = []

    def begin(self, tracks: Any) -> None:
        self.tracks = tuple(tracks)

    def take(self, unit: AccessUnit) -> None:
        self.units.append(unit)

    def pause(self, fault: Fault) -> None: ...

    def end(self) -> None: ...

    def of(self, place: int) -> list[AccessUnit]:
        return [unit for unit in self.units if unit.track == place]


async def test_a_phone_publishes_and_others_see_it(desk: Desk, page: Page) -> None:
    hub, heard = Hub(), Heard()
    desk.hubs["phone"] = hub
    hub.add(heard)
    camera = {"video": {"width": 640, "height": 480}, "audio": True}
    await page.evaluate("(camera) => window.publish('p', 'phone', camera)", camera)

    async def both() -> bool:
        return len(heard.of(0)) > 30 and len(heard.of(1)) > 50

    await eventually(both, within_s=WITHIN_S)
    picture, sound = heard.tracks
    assert (picture.codec, picture.width, picture.height) == (Codec.H264, 640, 480)
    assert (sound.codec, sound.clock_rate) == (Codec.OPUS, 48_000)
    assert heard.of(0)[0].keyframe
    times = [unit.rtp for unit in heard.of(0)]
    assert times == sorted(times)
    assert support.decodes(picture, heard.of(0)) >= 25
    await start(page, "seen", "phone")
    await moving(page, "seen", 10)

    async def told() -> bool:
        """Our reports came, and the sender dares more than the 300 kbit/s that it would begin with."""
        report = await stat(page, "p", "remote-inbound-rtp", "video")
        sent = await stat(page, "p", "outbound-rtp", "video")
        return "roundTripTime" in report and sent["targetBitrate"] > 400_000

    await eventually(told, within_s=WITHIN_S, every_s=0.2)


@pytest.mark.thorough
async def test_a_phone_over_a_poor_link_gets_through(desk: Desk, page: Page) -> None:
    hub, heard = Hub(), Heard()
    desk.hubs["phone"] = hub
    hub.add(heard)
    async with support.lossy(desk.edge.port, 0.05) as relay:
        await page.evaluate(
            "([theirs, ours]) => window.publish('p', 'phone', {video: true}, (sdp) => "
            "sdp.replace(/a=candidate:.* tcp .*\\r\\n/g, '').replaceAll(` ${theirs} typ`, ` ${ours} typ`))",
            [desk.edge.port, relay.port],
        )

        async def enough() -> bool:
            return len(heard.units) > 60 and relay.lost > 5

        await eventually(enough, within_s=WITHIN_S)
        again = await stat(page, "p", "outbound-rtp", "video")
        assert again["nackCount"] > 0


@pytest.mark.thorough
async def test_a_second_publisher_takes_the_place_of_the_first(desk: Desk, page: Page) -> None:
    desk.hubs["phone"] = Hub()
    await page.evaluate("() => window.publish('p', 'phone', {video: true})")

    async def first() -> bool:
        return desk.publishers[0].units > 5

    await eventually(first, within_s=WITHIN_S)
    await page.evaluate("() => window.publish('q', 'phone', {video: true})")

    async def second() -> bool:
        return desk.publishers[1].units > 5

    await eventually(second, within_s=WITHIN_S)
    assert desk.closed == [(desk.publishers[0], "replaced")]


@pytest.mark.thorough
@pytest.mark.parametrize("codec", ["VP8", "VP9"])
async def test_a_phone_without_h264(desk: Desk, page: Page, codec: str) -> None:
    """Its pictures go through as they are."""
    hub, heard = Hub(), Heard()
    desk.hubs["phone"] = hub
    hub.add(heard)
    await page.evaluate(
        "(codec) => window.publish('p', 'phone', {video: true, audio: true}, (sdp) => sdp, codec)", codec
    )

    async def some() -> bool:
        return len(heard.of(0)) > 20

    await eventually(some, within_s=WITHIN_S)
    assert heard.tracks[0].codec == codec
    assert heard.tracks[0].width == 640
    await start(page, "seen", "phone")
    await moving(page, "seen", 10)


async def test_limits(units: Any) -> None:
    edge = Edge(viewers_max=0)
    async with fed(units) as hub:
        with pytest.raises(TooManyViewers):
            await edge.watch(hub, "v=0")
        edge = Edge()
        for offer in ("", "v=0\r\n", "x" * 100_000, "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n", "v=0\0"):
            with pytest.raises(OfferMalformed):
                await edge.watch(hub, offer)
            with pytest.raises(OfferMalformed):
                await edge.publish(hub, offer)
    await asyncio.sleep(0)

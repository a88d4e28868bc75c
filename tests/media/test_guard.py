"""Where a camera's address may lead."""

from collections.abc import Sequence

import pytest

from jedel.media.model import Fault, SourceFault
from jedel.media.sources.guard import by_dns, resolve
from jedel.media.sources.rtsp import RtspSource
from tests.media.rtsp_support import fault_of, spec

NETWORKS = ("10.20.0.0/16", "fd00:20::/32")


class Dns:
    """Answers one after the other, and counts how often it is asked."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


async def refused(url: str, networks: Sequence[str] = NETWORKS, dns: Dns | None = None) -> Fault:
    with pytest.raises(SourceFault) as caught:
        await resolve(url, networks, dns or by_dns)
    return caught.value.fault


async def test_an_address_in_the_networks_and_its_port() -> None:
    assert await resolve("rtsp://10.20.3.4/live", NETWORKS) == ("10.20.3.4", 554)
    assert await resolve("rtsp://10.20.3.4:8554/live", NETWORKS) == ("10.20.3.4", 8554)
    assert await resolve("http://[fd00:20::5]/onvif/device_service", NETWORKS) == ("fd00:20::5", 80)
    assert await resolve("https://camera.school/", NETWORKS, Dns(["10.20.1.1"])) == ("10.20.1.1", 443)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "10.21.0.1", "192.168.1.1", "8.8.8.8", "169.254.169.254", "0.0.0.0", "224.0.0.1"),
        *("[::1]", "[fe80::1]", "[::]", "[2001:db8::1]", "[ff02::1]"),
        *("[::ffff:127.0.0.1]", "[::ffff:8.8.8.8]", "[2002:7f00:1::]", "[64:ff9b::808:808]"),
        *("2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0x7f.1", "017700000001"),
        "localhost",
    ],
)
async def test_everything_outside_is_refused(host: str) -> None:
    assert await refused(f"rtsp://{host}/live") is Fault.REFUSED_ADDRESS


async def test_other_ways_to_write_an_address_are_judged_by_what_they_mean() -> None:
    assert await resolve("rtsp://169083652/", NETWORKS) == ("10.20.3.4", 554)
    assert await resolve("rtsp://[::ffff:10.20.3.4]/", NETWORKS) == ("10.20.3.4", 554)


async def test_link_local_and_multicast_also_where_the_networks_hold_them() -> None:
    for host in ("169.254.169.254", "224.0.0.1", "0.0.0.0"):
        assert await refused(f"rtsp://{host}/", ["0.0.0.0/0"]) is Fault.REFUSED_ADDRESS


@pytest.mark.parametrize(
    "url",
    [
        "rtsp://user:password@10.20.3.4/live",
        "rtsp://10.20.3.4@8.8.8.8/live",
        "rtsp://10.20.3.4\\@8.8.8.8/",
        "rtsp://10.20.3.4%20.example/",
        "rtsp://10.20.3.4\r\nHost: x/",
        "rtsp:///live",
        "rtsp://[10.20.3.4/",
        "rtsp://10.20.3.4:99999/",
        "rtsp://[fe80::1%25eth0]/",
        "file:///etc/passwd",
        "gopher://10.20.3.4/",
        "ftp://10.20.3.4/",
        "10.20.3.4",
        "",
        "rtsp://" + "a" * 3000,
    ],
)
async def test_tricks_are_refused_without_a_look_up(url: str) -> None:
    dns = Dns(["10.20.3.4"])
    assert await refused(url, dns=dns) is Fault.REFUSED_ADDRESS
    assert dns.asked == []


async def test_one_address_outside_spoils_the_name() -> None:
    assert await refused("rtsp://cam.school/", dns=Dns(["10.20.1.1", "8.8.8.8"])) is Fault.REFUSED_ADDRESS
    assert await refused("rtsp://cam.school/", dns=Dns([])) is Fault.UNREACHABLE


async def test_a_name_is_asked_once_and_its_address_is_what_we_connect_to() -> None:
    """A DNS that changes its mind between the check and the connection gains nothing."""
    dns = Dns(["127.0.0.1"], ["8.8.8.8"])
    source = RtspSource(spec("rtsp://cam.school:9/live"), lookup=dns)
    fault = await fault_of(source)
    assert fault.fault is Fault.UNREACHABLE  # nobody listens on 127.0.0.1:9
    assert dns.asked == [("cam.school", 9)]


async def test_a_source_outside_the_networks_never_connects() -> None:
    fault = await fault_of(RtspSource(spec("rtsp://127.0.0.1:1/live", networks=NETWORKS)))
    assert fault.fault is Fault.REFUSED_ADDRESS
    nowhere = RtspSource(spec("rtsp://127.0.0.1:1/", networks=()))
    assert (await fault_of(nowhere)).fault is Fault.REFUSED_ADDRESS
    nonsense = RtspSource(spec("rtsp://127.0.0.1:1/", networks=("anywhere",)))
    assert (await fault_of(nonsense)).fault is Fault.REFUSED_ADDRESS

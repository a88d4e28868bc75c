"""The doctor's look at pictures and sound: every fault is caused for real, and named with its remedy."""

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from jedel.app.examine import machine, media
from jedel.app.examine.finding import Finding, State
from jedel.app.settings import Settings


def settings(folder: Path, **more: Any) -> Settings:
    return Settings(data_dir=folder, **({"media_port": 0} | more))


def checks(findings: list[Finding], state: State) -> set[str]:
    return {finding.check for finding in findings if finding.state is state}


def test_a_machine_that_is_well(tmp_path: Path) -> None:
    limits = tmp_path / "net"
    limits.mkdir()
    for name in ("rmem_max", "wmem_max"):
        (limits / name).write_text("8388608\n")
    found = media.examine(settings(tmp_path), limits)
    assert checks(found, State.FAULT) == set()
    assert "recordings" in checks(found, State.OK)
    (limits / "wmem_max").write_text("212992\n")
    small = [f for f in media.examine(settings(tmp_path), limits) if f.check == "socket_buffers"]
    assert [finding.remedy for finding in small] == ["sysctl -w net.core.wmem_max=4194304"]
    assert checks(media.examine(settings(tmp_path, media_gateways=0), limits), State.OK) == {"media"}


@pytest.mark.parametrize(
    ("more", "check", "state"),
    [
        ({"camera_networks": "10.0.0.0/8,here"}, "camera_networks", State.FAULT),
        ({"media_host": "0.0.0.0"}, "media_addresses", State.FAULT),
        ({"media_host": "192.0.2.1"}, "media_host", State.FAULT),
        ({"public_url": "https://jedel.example/"}, "media_loopback", State.WARNING),
        ({"ice_servers": "stun:s"}, "ice_servers", State.FAULT),
        ({"media_rtsp_port": 8554}, "rtsp_users", State.WARNING),
        ({"recordings_free_share": 0.9999}, "recordings_full", State.WARNING),
    ],
)
def test_settings_that_do_not_work(tmp_path: Path, more: dict[str, object], check: str, state: State) -> None:
    port = {"media_port": 8100} if check == "media_host" else {}
    found = media.examine(settings(tmp_path, **more, **port))
    assert check in checks(found, state)
    assert all(finding.remedy for finding in found if finding.check == check)


def test_a_folder_that_takes_no_recordings(tmp_path: Path) -> None:
    no_folder = tmp_path / "file"
    no_folder.write_text("")
    found = media.examine(settings(tmp_path, recordings_dir=no_folder))
    assert "recordings" in checks(found, State.FAULT)


def test_passwords_that_others_may_read(tmp_path: Path) -> None:
    users = tmp_path / "users.json"
    users.write_text("[]")
    users.chmod(0o644)
    found = media.examine(settings(tmp_path, media_rtsp_port=8554, media_rtsp_users_file=users))
    assert "secret_open" in checks(found, State.FAULT)
    users.chmod(0o600)
    found = media.examine(settings(tmp_path, media_rtsp_port=8554, media_rtsp_users_file=users))
    assert "secret_open" not in checks(found, State.FAULT)


def test_a_taken_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        wants = settings(tmp_path, media_port=port, http_port=0, mqtt_port=0, dc09_port=0)
        (finding,) = machine.ports(wants)
    assert finding.check == "port_taken"
    assert f"JEDEL_MEDIA_PORT={port + 1}" in finding.remedy
    assert f"process {os.getpid()}" in finding.what

"""Other systems that have a stream by RTSP while their file changes."""

from pathlib import Path

import orjson

from jedel.media.control import Grant
from jedel.media.judging import Held
from jedel.media.rtsp_users import REFUSED, Users
from rtsp.auth import Login

STREAM = "camera/0190a8e0-0000-7000-8000-000000000000/main"


def write(path: Path, *users: tuple[str, str, str]) -> None:
    path.write_bytes(orjson.dumps([{"name": n, "password": p, "streams": [s]} for n, p, s in users]))
    path.chmod(0o600)


async def why(users: Users, grant: Grant) -> str | None:
    return (await users.judge([Held("v", "rtsp", STREAM, grant)])).ended.get("v")


async def test_a_system_looks_no_longer_than_its_file_says(tmp_path: Path) -> None:
    path, password = tmp_path / "users.json", "a-long-password"
    write(path, ("city", password, "*"))
    users = Users(path)
    grant = await users.grant_of(STREAM, Login("basic", "city", "DESCRIBE", password=password))
    assert await why(users, grant) is None
    assert await why(users, Grant((), "account:1")) is None, "people are judged elsewhere"
    for after in (
        ("city", password, "camera/other"),
        ("city", "another-password", "*"),
        ("town", password, "*"),
    ):
        write(path, after)
        assert await why(users, grant) == REFUSED, after
    write(path, ("city", password, "*"))
    assert await why(users, grant) is None
    path.write_text("[")
    assert await why(users, grant) == REFUSED, "a spoilt file lets nobody look"
    path.unlink()
    assert await why(users, grant) == REFUSED

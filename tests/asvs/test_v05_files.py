"""V5 Files: nothing is served but what should be, and by no path to anything else."""

from pathlib import Path
from uuid import uuid4

import pytest
from fastapi import FastAPI
from starlette.routing import Mount

from jedel.app.http import WEB, Screens
from jedel.app.settings import Settings
from tests.asvs.source import calls, modules
from tests.asvs.wire import exchange, serving
from tests.support import Api

SECRET = "nobody must read this"
WAYS = (
    "../secret.txt",
    "%2e%2e/secret.txt",
    "..%2fsecret.txt",
    "%2e%2e%2fsecret.txt",
    "..%5csecret.txt",
    "....//secret.txt",
    "assets/../../secret.txt",
    "assets/%2e%2e/%2e%2e/secret.txt",
    "%252e%252e%252fsecret.txt",
    "..%c0%afsecret.txt",
    "/secret.txt",
    "//secret.txt",
    "secret.txt%00.html",
    "./../secret.txt",
    "link.txt",
)


@pytest.fixture
def screens(app: FastAPI, tmp_path: Path) -> FastAPI:
    """A built screen beside a file that is none of its own, and a link to it."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>page</title>")
    (folder / ".env").write_text(SECRET)
    (tmp_path / "secret.txt").write_text(SECRET)
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    app.routes[:] = [route for route in app.routes if not isinstance(route, Mount)]
    app.mount("/tablet/", Screens(folder), name="tablet")
    app.mount("/", Screens(folder), name="console")
    return app


async def test_no_way_leads_out_of_a_screens_folder(screens: FastAPI, settings: Settings) -> None:
    """By a raw socket: a client library would tidy the path up."""
    async with serving(screens, settings) as port:
        for base in ("/", "/tablet/", "/tablet/assets/"):
            for way in WAYS:
                target = f"{base}{way}".encode()
                got = await exchange(
                    port, b"GET " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                )
                assert SECRET.encode() not in got, target
                assert got.split()[1] in {b"400", b"404", b"405", b"307"}, (target, got[:200])


async def test_folders_are_not_listed(screens: FastAPI, client: Api) -> None:
    for path in ("/assets/", "/tablet/assets/", "/assets", "/.git/config", "/.git/", "/../.git/config"):
        answer = await client.anonymous().get(path)
        assert answer.status_code in {404, 307}, path
        assert "index.html" not in answer.text


def test_a_built_screen_holds_nothing_but_the_screen() -> None:
    """No sources, maps, settings or other people's notes are served beside it."""
    endings = {path.suffix for path in WEB.glob("*/dist/**/*") if path.is_file()}
    if not endings:
        pytest.skip("no screen is built")
    pages, media = {".html", ".js", ".css", ".webmanifest"}, {".png", ".svg", ".ico", ".woff", ".woff2"}
    kinds = pages | media | {".json", ".pbf", ".txt", ".wasm", ".mp3", ".wav", ".ogg"}
    assert endings <= kinds, endings - kinds
    hidden = list(WEB.glob("*/dist/**/.*"))
    assert hidden == []


async def test_a_map_is_named_by_its_id_only(client: Api) -> None:
    for value in ("../../etc/passwd", "..%2f..%2fetc", "/etc/passwd", "a/../../b", "\x00"):
        answer = await client.anonymous().get("/api/map/basemap.pmtiles", params={"map": value})
        assert answer.status_code == 422, value
    answer = await client.anonymous().get("/api/map/basemap.pmtiles", params={"map": str(uuid4())})
    assert answer.status_code == 404


def test_nobody_uploads_files() -> None:
    """No route takes a file: maps and registers come in at the server's own command line."""
    for path, tree in modules():
        for name, call in calls(tree):
            assert name not in {"UploadFile", "File", "Form"}, f"{path}:{call.lineno}"


def test_no_answer_names_a_file_by_a_callers_words() -> None:
    """Content-Disposition is nowhere written, but for an export's, which is named by its id alone."""
    for path, tree in modules():
        if path == "jedel/cameras/archive/api.py":
            continue
        for name, call in calls(tree):
            assert "filename" not in {word.arg for word in call.keywords} or "FileResponse" not in name, path

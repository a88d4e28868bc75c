"""A GStreamer RTSP server, run by the system's Python (it has ``gi``): ``gst_server.py '<json of mounts>'``.

Mounts: ``{"/path": {"launch": "( … )", "user": "…", "password": "…"}}``; with ``film`` (a file of H.264 in
which each picture begins with a delimiter) and ``rate`` its pictures go round and round through the
launch's ``appsrc name=film``, as they are: nothing is encoded here. It prints its port on a line of its own
(with a user on one of them, the others are for nobody), then obeys lines on standard input: ``size <path>
<width> <height>`` changes the picture's size while it plays (of a launch whose capsfilter is named
``caps``); it ends with standard input.
"""

import json
import sys
from itertools import cycle
from pathlib import Path
from typing import Any

import gi

for name in ("Gst", "GstRtsp", "GstRtspServer", "GLib"):
    gi.require_version(name, "2.0" if name == "GLib" else "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

Gst.init(None)
server = GstRtspServer.RTSPServer.new()
server.set_address("127.0.0.1")
server.set_service("0")
# Each mount is a camera of its own: with the one thread that is usual, whoever looks at a camera waits until
# all others are set up.
threads = GstRtspServer.RTSPThreadPool.new()
threads.set_max_threads(-1)
server.set_thread_pool(threads)
auth = None
configured: dict[str, Any] = {}
DELIMITER = b"\0\0\0\1\x09"


def play(media: Any, told: dict[str, str]) -> None:
    """Its film from the beginning, over and over, at the pace of a camera, until nobody looks."""
    film = media.get_element().get_by_name("film")
    pictures = cycle(
        [
            Gst.Buffer.new_wrapped(DELIMITER + each)
            for each in Path(told["film"]).read_bytes().split(DELIMITER)[1:]
        ]
    )
    gone = []
    media.connect("unprepared", lambda _: gone.append(True))

    def push() -> bool:
        return not gone and film.emit("push-buffer", next(pictures).copy()) == Gst.FlowReturn.OK

    GLib.timeout_add(1000 // int(told["rate"]), push)


def configure(media: Any, path: str, told: dict[str, str]) -> None:
    configured[path] = media
    if "film" in told:
        play(media, told)


for path, told in json.loads(sys.argv[1]).items():
    factory = GstRtspServer.RTSPMediaFactory.new()
    factory.set_launch(told["launch"])
    factory.set_shared(True)
    factory.connect("media-configure", lambda _, media, path=path, told=told: configure(media, path, told))
    role = "anonymous"
    if told.get("user"):
        role = "user"
        if auth is None:
            auth = GstRtspServer.RTSPAuth.new()
            auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
            auth.set_realm("gst")
            server.set_auth(auth)
        token = GstRtspServer.RTSPToken.new()
        token.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, "user")
        auth.add_digest(told["user"], told["password"], token)
    allowed = GstRtspServer.RTSPPermissions.new()
    for what in ("media.factory.access", "media.factory.construct"):
        allowed.add_permission_for_role(role, what, True)
    factory.set_permissions(allowed)
    server.get_mount_points().add_factory(path, factory)

loop = GLib.MainLoop()


def command(source: GLib.IOChannel, _condition: GLib.IOCondition) -> bool:
    line = sys.stdin.readline()
    if not line.strip():
        loop.quit()
        return False
    word, path, wide, tall = line.split()
    media = configured.get(path)
    if word == "size" and media is not None:
        caps = media.get_element().get_by_name("caps")
        caps.set_property("caps", Gst.Caps.from_string(f"video/x-raw,width={wide},height={tall}"))
        print("done", flush=True)
    else:
        print("not there", flush=True)
    return True


assert server.attach(None) != 0, "not attached"
print(server.get_bound_port(), flush=True)
GLib.io_add_watch(GLib.IOChannel.unix_new(0), GLib.IO_IN | GLib.IO_HUP, command)
loop.run()

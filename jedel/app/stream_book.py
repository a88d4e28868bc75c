"""Rooms that say what streams there are."""

from collections.abc import Sequence

from jedel.access.seal import Sealer
from jedel.app.settings import Settings
from jedel.calls.streams import CallStreams
from jedel.cameras.book import CameraBook
from jedel.media.book import Resolver


def resolvers(settings: Settings) -> Sequence[Resolver]:
    """Each for the streams that are its own."""
    networks = [part.strip() for part in settings.camera_networks.split(",") if part.strip()]
    return (CameraBook(Sealer(settings.seal_key), networks), CallStreams())

"""What a process keeps for plates: its cameras, what it heard of them, where pictures lie."""

from pathlib import Path

from fastapi.requests import HTTPConnection

from jedel.journal import Store
from jedel.plates.cameras.live import Cameras
from jedel.plates.cameras.states import States
from jedel.plates.intake import Intake
from jedel.plates.pictures import Pictures


class Desk:
    """One for each process that takes reads or answers about them."""

    def __init__(self, store: Store, blob_dir: Path) -> None:
        self.store = store
        self.cameras = Cameras()
        self.pictures = Pictures(blob_dir)
        self.states = States(store)
        self.intake = Intake(self.states, self.pictures)


def desk_of(connection: HTTPConnection) -> Desk:
    """The web process's desk."""
    desk: Desk = connection.app.state.plates
    return desk

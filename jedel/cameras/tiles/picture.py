"""All cameras that a process knows, by region, and the states that come in for them. Pure."""

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jedel.cameras.tiles.layer import Layer
from jedel.cameras.tiles.mercator import degrees, places
from jedel.cameras.tiles.model import CAMERA, Cameras, Records, shown

EMPTY: Final = Layer(np.zeros(0, dtype=CAMERA))


class Picture:
    """Made whole of all cameras; afterwards only states change. Each number is in it once."""

    def __init__(self, cameras: Cameras) -> None:
        cameras = cameras[cameras["there"]]
        self.layers: Mapping[str, Layer] = {
            region.decode().rstrip(): Layer(cameras[cameras["region"] == region])
            for region in np.unique(cameras["region"]).tolist()
        }
        self._of = list(self.layers.values())
        numbers = np.concatenate([layer.number for layer in self._of] or [np.zeros(0, dtype="<u4")])
        order = np.argsort(numbers, kind="stable")
        self._numbers: NDArray[np.uint32] = numbers[order]
        self._place = order.astype(np.int32)
        self._ends = np.cumsum([len(layer) for layer in self._of], dtype=np.int64)

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def nbytes(self) -> int:
        return sum(layer.nbytes for layer in self._of) + self._numbers.nbytes + self._place.nbytes

    def layer(self, region: str) -> Layer:
        return self.layers.get(region, EMPTY)

    def cameras(self) -> Cameras:
        """All of them as they were given, places to 4 cm."""
        parts = [_rows(region, layer, slice(None)) for region, layer in self.layers.items()]
        return np.concatenate(parts or [np.zeros(0, dtype=CAMERA)])

    def with_changed(self, changed: Cameras) -> "Picture":
        """A new one, in which these are as given."""
        before = self.cameras()
        return Picture(np.concatenate((before[~np.isin(before["number"], changed["number"])], changed)))

    def holds(self, cameras: Cameras) -> bool:
        """Whether these are known just so, but for their states."""
        theirs = Picture(cameras).cameras()
        ours = self._chosen(cameras["number"])
        if len(ours) != len(theirs):
            return False
        theirs = theirs[np.argsort(theirs["number"])]
        return all(bool((ours[name] == theirs[name]).all()) for name in CAMERA.names or () if name != "state")

    def _chosen(self, numbers: NDArray[np.uint32]) -> Cameras:
        """Those that are known, in the order of their numbers."""
        found = []
        for which, at, _ in self._by_layer(np.unique(numbers)):
            region = list(self.layers)[which]
            found.append(_rows(region, self._of[which], at))
        rows = np.concatenate(found or [np.zeros(0, dtype=CAMERA)])
        return rows[np.argsort(rows["number"])]

    def _by_layer(
        self, numbers: NDArray[np.uint32]
    ) -> Iterator[tuple[int, NDArray[np.intp], NDArray[np.intp]]]:
        """Of different numbers: which layer, the places in it, and which of the numbers they are."""
        if not len(self._numbers):
            return
        at = np.minimum(np.searchsorted(self._numbers, numbers), len(self._numbers) - 1)
        known = np.flatnonzero(self._numbers[at] == numbers)
        places_ = self._place[at[known]].astype(np.intp)
        which = np.searchsorted(self._ends, places_, side="right")
        for nth in np.unique(which).tolist():
            mine = which == nth
            begins = int(self._ends[nth]) - len(self._of[nth])
            yield nth, places_[mine] - begins, known[mine]

    def apply(self, records: Records) -> None:
        """Take states in; of one camera's several the last counts, numbers of nobody are passed over."""
        _, last = np.unique(records["number"][::-1], return_index=True)
        records = records[len(records) - 1 - last]
        states = shown(records)
        for which, at, of in self._by_layer(records["number"]):
            self._of[which].set_states(at, states[of])


def _rows(region: str, layer: Layer, at: NDArray[np.intp] | slice) -> Cameras:
    found = np.zeros(len(layer.codes[at]), dtype=CAMERA)
    for name in ("number", "kind", "state", "heading", "fov", "range_m"):
        found[name] = getattr(layer, name)[at]
    found["id"], found["region"], found["there"] = layer.ids[at], region.encode(), True
    found["lon"], found["lat"] = degrees(*places(layer.codes[at]))
    return found

"""The file of a map's road graph: arrays in one .npz, written once, read by every process."""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from jedel.places.network.engines import engine
from jedel.places.network.graph import FORMAT, Floats, Ints, RoadGraph
from jedel.places.network.grid import Grid
from jedel.places.network.match import Matcher
from jedel.places.network.picture import Roads

GRAPH_FILE = "graph.npz"
BASEMAP_FILE = "basemap.pmtiles"


@dataclass(frozen=True, slots=True)
class Places:
    """Names that the network answers with: streets by number, addresses by position.

    ``street_keys`` and ``street_names`` (S,); ``address_lon``, ``address_lat``, ``address_text`` (street),
    ``address_house`` (H,); ``bounds``: west, south, east, north in degrees.
    """

    street_keys: list[str]
    street_names: list[str]
    address_lon: Floats
    address_lat: Floats
    address_text: list[str]
    address_house: list[str]
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class MapFile:
    """All that a process holds of a map."""

    map_id: UUID
    roads: Roads
    places: Places


def folder(blob_dir: Path, map_id: UUID) -> Path:
    """Where a map's files lie."""
    return blob_dir / "maps" / str(map_id)


def save(path: Path, graph: RoadGraph, places: Places) -> None:
    """Write graph, matching grid and names into one file. The grid takes seconds: it is made here, once."""
    matcher = Matcher(graph)
    graph.save(
        path,
        grid_keys=matcher.grid.keys,
        grid_cells=matcher.grid.cells,
        street_keys=_texts(places.street_keys),
        street_names=_texts(places.street_names),
        address_lon=places.address_lon,
        address_lat=places.address_lat,
        address_text=_texts(places.address_text),
        address_house=_texts(places.address_house),
        bounds=np.array(places.bounds),
    )


def load(blob_dir: Path, map_id: UUID) -> MapFile:
    """Read a map and make its engine. Raises OSError or ValueError where the file is missing or foreign."""
    try:
        with np.load(folder(blob_dir, map_id) / GRAPH_FILE, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (BadZipFile, EOFError) as error:
        raise ValueError(f"damaged graph file: {error}") from error
    if int(arrays["format"]) != FORMAT:
        raise ValueError(f"graph file of format {int(arrays['format'])}, this program reads {FORMAT}")
    graph = RoadGraph(**{name: arrays[name] for name in RoadGraph.__dataclass_fields__})
    west, south, east, north = arrays["bounds"].tolist()
    places = Places(
        street_keys=arrays["street_keys"].tolist(),
        street_names=arrays["street_names"].tolist(),
        address_lon=arrays["address_lon"],
        address_lat=arrays["address_lat"],
        address_text=arrays["address_text"].tolist(),
        address_house=arrays["address_house"].tolist(),
        bounds=(west, south, east, north),
    )
    grid = Grid(arrays["grid_keys"], _ints(arrays["grid_cells"]))
    roads = Roads(graph, Matcher(graph, grid), engine(graph), tuple(places.street_keys))
    return MapFile(map_id, roads, places)


def _ints(array: NDArray[np.int32]) -> Ints:
    return array


def _texts(values: list[str]) -> NDArray[np.str_]:
    return np.array(values or [""], dtype=np.str_)[: len(values)]

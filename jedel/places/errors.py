"""What can go wrong with maps and closures, and what to do about it (words in messages.json)."""

from jedel.kernel.errors import NotFound, Problem


class MapFileMissing(Problem):
    """There is no such file, or it may not be read. ``file``."""

    code = "map_file_missing"
    status = 422


class MapFileForeign(Problem):
    """The file is no OSM PBF extract. ``file``, ``found``: what it seems to be."""

    code = "map_file_foreign"
    status = 422


class MapFileTruncated(Problem):
    """The file ends in the middle of a block. ``file``, ``at``, ``size`` in bytes."""

    code = "map_file_truncated"
    status = 422


class MapFileDamaged(Problem):
    """A block of the file cannot be decoded. ``file``, ``reason``."""

    code = "map_file_damaged"
    status = 422


class MapWithoutRoads(Problem):
    """The extract is whole, but no car can drive anywhere in it. ``file``."""

    code = "map_without_roads"
    status = 422


class DistrictsFileBad(Problem):
    """The districts file is no GeoJSON collection of polygons with names. ``file``, ``reason``."""

    code = "districts_file_bad"
    status = 422


class NoMap(NotFound):
    """The region has no map yet. ``region``."""

    code = "no_map"


class NoBasemap(NotFound):
    """The map in force was imported without tiles. ``region``."""

    code = "no_basemap"


class ClosureMatchesNoRoad(Problem):
    """Nothing of the road graph lies under the closure's shape."""

    code = "closure_matches_no_road"
    status = 422


class ClosureTooLong(Problem):
    """A closure ends within CLOSURE_DAYS_MAX or has no end. ``days``."""

    code = "closure_too_long"
    status = 422


class ClosureInThePast(Problem):
    """The closure would have ended before it began. ``until``."""

    code = "closure_in_the_past"
    status = 422

"""Checked lines as the rows that are copied into the database."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

import orjson

from jedel.access.seal import BulkSealer
from jedel.cameras.importing.model import Taken

Key = tuple[str, str, str]
"""(region, owner, external id)"""
Known = Mapping[Key, tuple[UUID, bytes | None]]
"""Id and sealed credentials of the cameras that there are."""

CAMERAS: Final = uuid5(NAMESPACE_URL, "jedel:camera:external")
_OF_COLUMN: Final = {
    "site": "site_id", "main_url": "streams", "sub_url": "streams", "user": "credentials",
    "main_codec": "streams", "sub_codec": "streams", "password": "credentials",
}  # fmt: skip
_ALWAYS: Final = ("id", "region", "owner", "external_id", "words", "name", "kind", "lon", "lat")
"""Staged whatever the file has; of the other columns the table's own defaults are meant."""


def staged(columns: Sequence[str]) -> list[str]:
    """The columns of the table that rows of a file with these columns fill."""
    return list(dict.fromkeys([*_ALWAYS, *(_OF_COLUMN.get(column, column) for column in columns)]))


def changing(columns: Sequence[str]) -> list[str]:
    """What an import with these columns changes of a camera that is known."""
    named = [_OF_COLUMN.get(column, column) for column in columns if column != "region"]
    return list(dict.fromkeys([*named, "lon", "lat", "words", "updated_at"]))


def key_of(each: Taken) -> Key:
    return each.region, each.owner, each.external_id


def rows(taken: Iterable[Taken], known: Known, bulk: BulkSealer, names: Sequence[str]) -> str:
    """CSV of ``names``. Sealed secrets that open to what the file says are kept."""
    more = [name for name in names if name not in _ALWAYS]
    text = io.StringIO()
    write = csv.writer(text).writerow
    for each in taken:
        key = key_of(each)
        camera_id, sealed = known.get(key) or (uuid5(CAMERAS, "\x1f".join(key)), None)
        values = each.values
        cells: list[Any] = [
            camera_id.hex, *key[:2], each.external_id, _lexemes(each), values["name"],
            values.get("kind", "fixed"), values["lon"], values["lat"],
        ]  # fmt: skip
        for name in more:
            if name == "credentials":
                cells.append(_credentials(each, camera_id, sealed, bulk))
            elif name == "streams":
                cells.append(orjson.dumps(each.streams or ()).decode())
            else:
                cells.append(values[name])
        write(cells)
    return text.getvalue()


def _lexemes(each: Taken) -> str:
    """As `jedel.cameras.model.lexemes`, for a cell."""
    return " ".join([each.region + word for word in each.words])


def _credentials(each: Taken, camera_id: UUID, sealed: bytes | None, bulk: BulkSealer) -> str | None:
    if each.user is None:
        return None
    secret = orjson.dumps([each.user, each.password])
    if sealed is None or not bulk.opens_to(sealed, camera_id, secret):
        sealed = bulk.seal(secret, camera_id)
    return "\\x" + sealed.hex()

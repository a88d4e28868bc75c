"""The sources that a department describes in one file (TOML), so that a new one needs no program."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, HttpUrl, ValidationError, model_validator

from jedel.kernel.schema import Body
from jedel.registers.connectors.model import Shape
from jedel.registers.errors import ConnectorsUnreadable
from jedel.registers.model import Kind
from jedel.registers.tables import REGISTERS

Path_ = Annotated[str, Field(max_length=200)]


class Source(Body):
    """One register's source.

    ``rest``: ``GET url?<position_parameter>=…&<limit_parameter>=…``. ``soap``: `url` is the WSDL's address
    and `operation` is called with the same two. ``columns``: our column → where it stands in a row of theirs.
    ``whole``: each answer is the whole register, and what it does not name goes.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
    kind: Kind
    protocol: Literal["rest", "soap"]
    url: HttpUrl
    operation: str | None = None
    source: Annotated[str, Field(min_length=1, max_length=200)]
    columns: dict[str, Path_]
    rows: Path_ = "items"
    position: Path_ | None = None
    position_parameter: str = "since"
    limit_parameter: str = "limit"
    more: Path_ | None = None
    as_of: Path_ | None = None
    whole: bool = False
    page: Annotated[int, Field(ge=1, le=50_000)] = 5_000
    every_s: Annotated[float, Field(ge=1, le=86_400)] = 60.0
    timeout_s: Annotated[float, Field(gt=0, le=120)] = 10.0
    token_file: Path | None = None
    region: str = "00"

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if unknown := set(self.columns) - set(REGISTERS[self.kind].names):
            raise ValueError(f"{self.kind} has no column {', '.join(sorted(unknown))}")
        if (self.protocol == "soap") != (self.operation is not None):
            raise ValueError("`operation` belongs to soap, and soap needs one")
        if self.whole and (self.position or self.more):
            raise ValueError("a whole register has no `position` and no `more`")
        return self

    @property
    def every(self) -> timedelta:
        return timedelta(seconds=self.every_s)

    @property
    def shape(self) -> Shape:
        return Shape(self.rows, self.columns, self.position, self.as_of, self.more)

    def token(self) -> str | None:
        """Read at each use, so that a new one needs no restart. Raises ConnectorsUnreadable."""
        return private_text(self.token_file) if self.token_file else None


class _File(Body):
    source: list[Source]

    @model_validator(mode="after")
    def _once(self) -> Self:
        names = [source.name for source in self.source]
        if len(set(names)) != len(names):
            raise ValueError("two sources of one name")
        return self


def read(file: Path) -> list[Source]:
    """The sources of a file. Raises ConnectorsUnreadable, which says what is wrong where."""
    try:
        return _File.model_validate(tomllib.loads(file.read_text("utf-8"))).source
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConnectorsUnreadable(file=str(file), reason=f"{where}: {first['msg']}") from fault
    except (OSError, ValueError) as fault:
        raise ConnectorsUnreadable(file=str(file), reason=str(fault)) from fault


def private_text(file: Path) -> str:
    """A secret that nobody but its owner may read. Raises ConnectorsUnreadable."""
    try:
        if file.stat().st_mode & 0o077:
            raise ConnectorsUnreadable(file=str(file), reason="others may read it; chmod 600")
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise ConnectorsUnreadable(file=str(file), reason=str(fault)) from fault

"""Bases of everything that crosses the API."""

from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from jedel.kernel.geo import Point
from jedel.kernel.limits import LONG_TEXT_MAX, SHORT_TEXT_MAX


def _no_nul(text: str) -> str:
    """PostgreSQL's text cannot hold U+0000, and a lone surrogate cannot be written as UTF-8."""
    if "\x00" in text:
        raise ValueError("the text contains a NUL character")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("the text contains half of a surrogate pair") from error
    return text


Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
ShortText = Annotated[str, Field(min_length=1, max_length=SHORT_TEXT_MAX), AfterValidator(_no_nul)]
LongText = Annotated[str, Field(min_length=1, max_length=LONG_TEXT_MAX), AfterValidator(_no_nul)]
Time = AwareDatetime


class Body(BaseModel):
    """A request: unknown fields are refused, nothing is changed after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class View(BaseModel):
    """An answer."""

    model_config = ConfigDict(frozen=True)


class Place(Body):
    """A place in a request."""

    lon: Lon
    lat: Lat

    @property
    def point(self) -> Point:
        return Point(self.lon, self.lat)

"""Every driver of plate cameras. A new one is a folder (codec, samples) and one line here, and then has to
pass the conformance suite as it stands."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from jedel.plates.drivers.http import codec as http
from jedel.plates.drivers.mapping import Paths
from jedel.plates.drivers.mqtt import codec as mqtt
from jedel.plates.drivers.onvif import codec as onvif
from jedel.plates.drivers.said import Decoded


@dataclass(frozen=True, slots=True)
class Driver:
    """``reader``: what its reads carry as READ's ``reader``."""

    name: str
    decode: Callable[[bytes, Paths], Decoded]
    reader: int

    @property
    def samples(self) -> Traversable:
        """Raw messages, and what each of them says (``expected.json``)."""
        return files(f"{__package__}.{self.name}").joinpath("samples")


DRIVERS = (Driver("http", http.decode, 1), Driver("onvif", onvif.decode, 2), Driver("mqtt", mqtt.decode, 3))
FRAMES = Driver("frames", http.decode, 0)
"""What our own reader says of a camera's frames; no protocol of a camera's, so no samples."""
BY_NAME = {driver.name: driver for driver in (*DRIVERS, FRAMES)}

"""Pictures → plates: `engine` reads frames, `track` makes one passing of several of them."""

from jedel.plates.reader.engines import NAMES, engine
from jedel.plates.reader.errors import BadFrame, ReaderUnavailable
from jedel.plates.reader.model import Box, Engine, PlateSeen

__all__ = ["NAMES", "BadFrame", "Box", "Engine", "PlateSeen", "ReaderUnavailable", "engine"]

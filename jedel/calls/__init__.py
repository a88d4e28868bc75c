"""Live conversations of a device in public (an SOS post) with the duty officer."""

from jedel.calls.reactor import CallReactor
from jedel.calls.service import collection as calls_collection
from jedel.calls.streams import CallStreams

__all__ = ["CallReactor", "CallStreams", "calls_collection"]

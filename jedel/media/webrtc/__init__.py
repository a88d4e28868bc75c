"""Pictures and sound to and from browsers: WHEP's and WHIP's far end (docs/design/webrtc.md)."""

from jedel.media.webrtc.edge import Edge
from jedel.media.webrtc.publisher import Publisher
from jedel.media.webrtc.viewer import Viewer

__all__ = ["Edge", "Publisher", "Viewer"]

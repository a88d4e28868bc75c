"""Rights to cameras: who may look, look back, turn and take away, and until when."""

from jedel.cameras.rights.model import Action, Decision, Why
from jedel.cameras.rights.service import decide, known

__all__ = ["Action", "Decision", "Why", "decide", "known"]

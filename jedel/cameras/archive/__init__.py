"""What cameras saw: looked back at, taken away; what incidents keep of it."""

from jedel.cameras.archive.jobs import jobs
from jedel.cameras.archive.reactor import ArchiveKeeper

__all__ = ["ArchiveKeeper", "jobs"]
"""What others use."""

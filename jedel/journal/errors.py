"""What this room refuses; the words are in messages.json."""

from jedel.kernel.errors import Problem


class EntryNotErasable(Problem):
    """The entry says itself why another was erased; it must stay. ``region``, ``seq``."""

    code = "journal_entry_not_erasable"
    status = 409


class EntryInUse(Problem):
    """A reader of the journal still has to deal with the entry. ``region``, ``seq``, ``reader``."""

    code = "journal_entry_in_use"
    status = 409


class GroundMissing(Problem):
    """The document that orders the erasure was not named."""

    code = "journal_ground_missing"
    status = 422

"""A plate as the number that reads are joined by, said a second time from its description.

Twelve signs in base 38 (nothing, 0–9, A–Z, unreadable), the first the most significant. A test holds it
against the centre's own.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

LONGEST: Final = 12
_ALPHABET: Final = b"\x000123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ?"
_VALUE: Final = np.zeros(256, dtype=np.int64)
_VALUE[np.frombuffer(_ALPHABET, dtype=np.uint8)] = np.arange(len(_ALPHABET))
_WEIGHTS: Final = len(_ALPHABET) ** np.arange(LONGEST - 1, -1, -1, dtype=np.int64)

Plates = NDArray[np.bytes_]
"""(n,) of dtype S12."""


def keys(plates: Plates) -> NDArray[np.int64]:
    """(n,) numbers of plates in capitals and digits."""
    if not len(plates):
        return np.zeros(0, dtype=np.int64)
    signs = np.ascontiguousarray(plates.astype(f"S{LONGEST}")).view(np.uint8).reshape(len(plates), LONGEST)
    found: NDArray[np.int64] = _VALUE[signs] @ _WEIGHTS
    return found

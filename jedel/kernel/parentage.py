"""A child process that never outlives us: the kernel ends it with the *thread* that started it
(``PR_SET_PDEATHSIG``), however that ended."""

import ctypes
import os
import signal
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True)  # here: between fork and exec nothing may be loaded


def die_with_parent(death: signal.Signals = signal.SIGKILL) -> None:
    """From now on the kernel sends ``death`` to this process when the thread that started it ends."""
    _libc.prctl(_PR_SET_PDEATHSIG, int(death), 0, 0, 0)


def tied(death: signal.Signals = signal.SIGKILL) -> Callable[[], None]:
    """For ``preexec_fn``: the child will end with the thread that starts it. To be called by the parent."""
    parent = os.getpid()

    def tie() -> None:
        die_with_parent(death)
        if os.getppid() != parent:  # the parent died before the line above
            os._exit(1)

    return tie

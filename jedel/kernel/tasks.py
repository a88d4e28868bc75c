"""What asyncio does not do by itself."""

import asyncio


def heed_cancel() -> None:
    """End here where the task was told to. `asyncio.wait_for`, by which NATS is asked, loses a cancellation
    that comes together with the answer (Python 3.11): a loop that goes on for ever would go on.

    Raises asyncio.CancelledError.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError

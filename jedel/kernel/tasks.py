"""What asyncio does not do by itself."""

import asyncio


def heed_cancel() -> None:
    """End here where the task was told to: whoever goes on whatever its work met must look.
    `asyncio.wait_for`, by which NATS is asked, loses a cancellation that comes together with the answer
    (Python 3.11); and a connection that is cut off in the middle of a question fails, which hides it.

    Raises asyncio.CancelledError.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError

"""How processes speak of themselves: one event a line, for people or (JEDEL_LOG_JSON) for machines."""

import asyncio
import logging
import sys

import structlog
from structlog.processors import ExceptionRenderer
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import Processor

from jedel.app.settings import Settings


def configure(settings: Settings) -> None:
    """Once per process, before anything is said."""
    level = logging.getLevelNamesMapping().get(settings.log_level.upper(), logging.INFO)
    # Tracebacks without local variables: those hold keys and names, and take seconds to print.
    plain = ExceptionRenderer(ExceptionDictTransformer(show_locals=False))
    render: list[Processor] = (
        [plain, structlog.processors.JSONRenderer()]
        if settings.log_json
        else [
            structlog.dev.ConsoleRenderer(
                colors=False, pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
            )
        ]
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso" if settings.log_json else "%H:%M:%S", utc=True),
            *render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    logging.getLogger("uvicorn.error").addFilter(_not_called_off)
    logging.basicConfig(level=max(level, logging.WARNING), format="%(name)s: %(message)s", stream=sys.stdout)


def _not_called_off(record: logging.LogRecord) -> bool:
    """A socket that our own stop closes is no error of the program."""
    return record.exc_info is None or not isinstance(record.exc_info[1], asyncio.CancelledError)

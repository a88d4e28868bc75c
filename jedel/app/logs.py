"""How processes speak of themselves: one event a line, for people or (JEDEL_LOG_JSON) for machines."""

import asyncio
import logging
import re
import sys

import structlog
from structlog.processors import ExceptionRenderer
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, Processor, WrappedLogger

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
            on_one_line,
            *render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    logging.getLogger("uvicorn.error").addFilter(_not_called_off)
    logging.basicConfig(level=max(level, logging.WARNING), format="%(name)s: %(message)s", stream=sys.stdout)


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def on_one_line(_logger: WrappedLogger, _method: str, said: EventDict) -> EventDict:
    """What somebody sent us begins no line of its own and steers no terminal."""
    for name, value in said.items():
        if isinstance(value, str) and not value.isprintable():
            said[name] = _CONTROL.sub(lambda each: f"\\u{ord(each[0]):04x}", value)
    return said


def _not_called_off(record: logging.LogRecord) -> bool:
    """A socket that our own stop closes is no error of the program."""
    return record.exc_info is None or not isinstance(record.exc_info[1], asyncio.CancelledError)

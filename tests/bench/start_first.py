"""From `jedel up --demo` on an empty folder to a served console: database, city and all."""

import asyncio

from tests.bench import start
from tests.bench.report import Result


def run() -> Result:
    """One start: the next one finds everything made."""
    return start.result("start-first", asyncio.run(start.measure(1))[0])

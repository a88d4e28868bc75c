"""schemathesis over the whole API, as each kind of caller: nothing that is sent breaks the server."""

import asyncio
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.core.result import Ok

from tests.support import Api

EXAMPLES = {"supervisor": 3, "admin": 2, "tablet": 2, "auditor": 1, "post": 1, "nobody": 1}
"""Requests per operation and way of making it (fitting the schema or not), by caller."""


@schemathesis.serializer("application/sdp")
def sdp(_context: Any, value: Any) -> bytes:
    """What is generated, as it is: our own code reads it."""
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


LONGER = int(os.environ.get("JEDEL_FUZZ", "1"))
"""So many times as many."""

LEFT_OUT = {("DELETE", "/api/session")}
"""Ends the caller's own session; tests/access has it."""


@pytest.fixture(scope="module")
def made() -> list[tuple[int, Any]]:
    """Every request, made once: each caller would get the same, and making one takes longer than sending it.
    With its number among those of its operation and way."""
    return []


def make(url: str) -> Iterator[tuple[int, Any]]:
    """As many as the most curious caller sends."""
    schema = schemathesis.openapi.from_url(f"{url}/api/openapi.json")
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        if (operation.method.upper(), operation.path) in LEFT_OUT:
            continue
        for mode in schemathesis.GenerationMode:
            yield from enumerate(_examples(operation.as_strategy(generation_mode=mode)))


def _examples(cases: st.SearchStrategy[Any]) -> list[Any]:
    found: list[Any] = []

    @seed(7)
    @settings(
        max_examples=max(EXAMPLES.values()) * LONGER,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def keep(case: Any) -> None:
        found.append(case)

    with suppress(Unsatisfiable):  # an operation without parameters cannot be called wrongly
        keep()
    return found


def fuzz(url: str, headers: dict[str, str], cases: Iterable[Any]) -> list[str]:
    """What broke: operation, request and answer of each 5xx."""
    broken: list[str] = []
    for case in cases:
        answer = case.call(base_url=url, headers={**(case.headers or {}), **headers})
        if answer.status_code >= 500:
            broken.append(f"{case.method} {case.path} {case.query} {case.body!r}: {answer.text}")
    return broken


@pytest.mark.parametrize("who", EXAMPLES)
async def test_nothing_breaks_the_server(served: Api, who: str, made: list[tuple[int, Any]]) -> None:
    if who in {"tablet", "post"}:
        seat, _, _ = await served.device(who, unit_id=uuid4() if who == "tablet" else None)
        headers = {"Authorization": seat.headers["Authorization"]}
    elif who == "nobody":
        headers = {}
    else:
        seat = await served.login(who)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in seat.cookies.items())}
    if not made:
        made += await asyncio.to_thread(list, make(served.url))
    most = EXAMPLES[who] * LONGER
    broken = await asyncio.to_thread(fuzz, served.url, headers, [case for nth, case in made if nth < most])
    assert not broken, "\n".join(broken[:10])

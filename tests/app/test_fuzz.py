"""schemathesis over the whole API, as each kind of caller: nothing that is sent breaks the server."""

import asyncio
import os
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


def fuzz(url: str, headers: dict[str, str], examples: int) -> list[str]:
    """What broke: operation, request and answer of each 5xx."""
    schema = schemathesis.openapi.from_url(f"{url}/api/openapi.json")
    broken: list[str] = []
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        if (operation.method.upper(), operation.path) in LEFT_OUT:
            continue
        for mode in schemathesis.GenerationMode:
            _fuzz_one(url, headers, operation.as_strategy(generation_mode=mode), broken, examples)
    return broken


def _fuzz_one(
    url: str, headers: dict[str, str], cases: st.SearchStrategy[Any], broken: list[str], examples: int
) -> None:
    @seed(7)
    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(cases)
    def send(case: Any) -> None:
        answer = case.call(base_url=url, headers={**(case.headers or {}), **headers})
        if answer.status_code >= 500:
            broken.append(f"{case.method} {case.path} {case.query} {case.body!r}: {answer.text}")

    with suppress(Unsatisfiable):  # an operation without parameters cannot be called wrongly
        send()


@pytest.mark.parametrize("who", EXAMPLES)
async def test_nothing_breaks_the_server(served: Api, who: str) -> None:
    if who in {"tablet", "post"}:
        seat, _, _ = await served.device(who, unit_id=uuid4() if who == "tablet" else None)
        headers = {"Authorization": seat.headers["Authorization"]}
    elif who == "nobody":
        headers = {}
    else:
        seat = await served.login(who)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in seat.cookies.items())}
    broken = await asyncio.to_thread(fuzz, served.url, headers, EXAMPLES[who] * LONGER)
    assert not broken, "\n".join(broken[:10])

"""Passkeys under attack. That a real browser's are accepted: tests/e2e/test_passkey.py."""

import base64
from typing import Any
from uuid import uuid4

import orjson
import pytest

from jedel.access import model
from jedel.access.jobs import forget_challenges
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from tests.support import Api


def answer(challenge: str, kind: str = "webauthn.get") -> dict[str, Any]:
    """What a browser would send, without a signature that fits."""
    client = {"type": kind, "challenge": challenge, "origin": "http://test", "crossOrigin": False}
    raw = base64.urlsafe_b64encode(orjson.dumps(client)).decode().rstrip("=")
    return {
        "id": "AAAA",
        "rawId": "AAAA",
        "type": "public-key",
        "response": {
            "clientDataJSON": raw,
            "authenticatorData": "AAAA",
            "signature": "AAAA",
            "attestationObject": "AAAA",
        },
    }


async def refused(client: Api, credential: dict[str, Any]) -> None:
    got = await client.anonymous().post("/api/session/passkey", json={"credential": credential})
    assert (got.status_code, got.json()["code"]) == (401, "passkey_not_valid"), got.text
    assert "set-cookie" not in got.headers


async def challenge(client: Api) -> str:
    options = await client.anonymous().ok("POST", "/api/session/passkey/options")
    assert options["userVerification"] == "required"
    assert not options.get("allowCredentials"), "it must not say who has passkeys"
    return str(options["challenge"])


@pytest.mark.parametrize(
    "credential",
    [
        {},
        {"response": None},
        {"response": {"clientDataJSON": 7}},
        {"response": {"clientDataJSON": "%%%"}},
        {"response": {"clientDataJSON": base64.b64encode(b"[]").decode()}},
        {"response": {"clientDataJSON": base64.b64encode(b'{"challenge":5}').decode()}},
        answer("never-given"),
        {"deep": [[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]},
    ],
)
async def test_what_is_no_answer_is_refused(client: Api, credential: dict[str, Any]) -> None:
    await refused(client, credential)


async def test_a_challenge_is_answered_once(client: Api, store: Store) -> None:
    given = await challenge(client)
    await refused(client, answer(given))
    async with store.reading() as tx:
        left = await (await tx.conn.execute("SELECT count(*) AS n FROM passkey_challenge")).fetchone()
    assert left == {"n": 0}
    await refused(client, answer(given))


async def test_a_challenge_for_making_one_signs_nobody_in(client: Api) -> None:
    seat = await client.login("duty")
    options = await seat.ok("POST", "/api/passkeys/options")
    assert options["authenticatorSelection"]["userVerification"] == "required"
    await refused(client, answer(options["challenge"]))
    # nor does one account's serve another
    other = await client.login("supervisor")
    body = {"id": str(uuid4()), "name": "mine", "credential": answer(options["challenge"], "webauthn.create")}
    got = await other.post("/api/passkeys", json=body)
    assert (got.status_code, got.json()["code"]) == (401, "passkey_not_valid")
    got = await seat.post("/api/passkeys", json=body)
    assert (got.status_code, got.json()["code"]) == (401, "passkey_not_valid")
    assert await seat.ok("GET", "/api/passkeys") == []


async def test_challenges_run_out(client: Api, store: Store, clock: ManualClock) -> None:
    given = await challenge(client)
    assert await forget_challenges(store) == 0
    clock.advance(model.CHALLENGE_LIFE.total_seconds() + 1)
    await refused(client, answer(given))
    assert await forget_challenges(store) == 1


async def test_passkeys_are_their_owners(client: Api) -> None:
    assert (await client.anonymous().post("/api/passkeys/options")).status_code == 401
    assert (await client.anonymous().get("/api/passkeys")).status_code == 401
    seat = await client.login("duty")
    assert (await seat.delete(f"/api/passkeys/{uuid4()}")).status_code == 404

"""Devices that made their own key pair: each safeguard, and somebody who tries to get round it."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from jedel.access.jobs import forget_tokens
from jedel.access.keypairs import model
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from tests.support import Api
from tests.support.keypair import KeyPair


async def enrolled(client: Api, kind: str = "tablet") -> tuple[UUID, KeyPair]:
    pair = KeyPair()
    _, device_id, _ = await client.device(kind, pair=pair)
    return device_id, pair


async def asked(client: Api, device_id: UUID, assertion: str, **more: str) -> Any:
    body = {"device_id": str(device_id), "assertion": assertion} | more
    return await client.anonymous().post("/api/devices/token", json=body)


async def test_a_token_is_good_for_a_quarter_of_an_hour(client: Api, clock: ManualClock) -> None:
    device_id, pair = await enrolled(client)
    token = await client.token(device_id, pair)
    tablet = client.anonymous(Authorization=f"Bearer {device_id}.{token}")
    await tablet.ok("GET", "/api/devices/self")
    clock.advance(model.TOKEN_LIFE.total_seconds() - 1)
    await tablet.ok("GET", "/api/devices/self")
    clock.advance(1)
    assert (await tablet.get("/api/devices/self")).status_code == 401
    again = await client.token(device_id, pair)
    await client.anonymous(Authorization=f"Bearer {device_id}.{again}").ok("GET", "/api/devices/self")


async def test_a_tablet_without_a_key_pair_may_not_enrol_and_loses_no_code(client: Api) -> None:
    admin = await client.login("admin")
    body = {"id": str(uuid4()), "kind": "tablet", "name": "T"}
    made = await admin.ok("POST", "/api/devices", json=body)
    nobody = client.anonymous()
    refused = await nobody.post("/api/devices/enrol", json={"code": made["code"]})
    assert (refused.status_code, refused.json()["code"]) == (422, "key_pair_needed")
    off_the_curve = KeyPair().public[:-4] + "AAAA"
    for wrong in (off_the_curve, "A" * 87):
        answer = await nobody.post("/api/devices/enrol", json={"code": made["code"], "public_key": wrong})
        assert (answer.status_code, answer.json()["code"]) == (422, "public_key_not_valid")
    got = await nobody.ok(
        "POST",
        "/api/devices/enrol",
        json={"code": made["code"], "public_key": KeyPair().public, "version": "1.2"},
    )
    assert got["key"] is None
    [row] = [each for each in await admin.ok("GET", "/api/devices") if each["id"] == body["id"]]
    assert row["version"] == "1.2"
    assert row["seen_at"] == row["enrolled_at"]


async def test_a_proof_is_good_once(client: Api, store: Store) -> None:
    device_id, pair = await enrolled(client)
    proof = pair.proof(device_id, store.clock.now())
    first = await asked(client, device_id, proof)
    assert first.status_code == 200
    again = await asked(client, device_id, proof)
    assert (again.status_code, again.json()["code"]) == (401, "device_proof_not_valid")


async def test_whoever_cannot_sign_learns_nothing(client: Api, store: Store) -> None:
    device_id, pair = await enrolled(client)
    other_id, other = await enrolled(client)
    simple, _, _ = await client.device("panic_button")
    now = store.clock.now()
    claims: dict[str, object] = {"iss": str(device_id), "sub": str(device_id), "aud": model.AUDIENCE}
    claims |= {"iat": int(now.timestamp()), "jti": uuid4().hex}
    by_secret = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(pair.point))
    unsigned = jwt.encode({"alg": "none"}, claims, ECKey.import_key(pair.private), algorithms=["none"])
    tries = [
        (device_id, other.proof(device_id, now)),
        (device_id, other.proof(other_id, now)),
        (other_id, pair.proof(device_id, now)),
        (device_id, pair.proof(device_id, now, aud="jedel:other")),
        (device_id, pair.proof(device_id, now, iss=str(other_id))),
        (device_id, pair.proof(device_id, now, jti="short")),
        (device_id, pair.proof(device_id, now, jti=7)),
        (device_id, pair.proof(device_id, now, iat="now")),
        (device_id, pair.proof(device_id, now, iat=1e300)),
        (device_id, by_secret),
        (device_id, unsigned),
        (device_id, "not.a.token" * 3),
        (uuid4(), pair.proof(device_id, now)),
    ]
    said = {(answer.status_code, answer.text) for each in tries if (answer := await asked(client, *each))}
    assert len(said) == 1
    [(status, text)] = said
    assert status == 401
    assert '"device_proof_not_valid"' in text
    assert (await simple.get("/api/devices/self")).status_code == 200


@pytest.mark.parametrize("off_s", [-61, 61, -86_400])
async def test_a_wrong_clock_is_told_the_time_and_uses_nothing_up(
    client: Api, store: Store, off_s: float
) -> None:
    device_id, pair = await enrolled(client)
    now = store.clock.now()
    wrong = pair.proof(device_id, now + timedelta(seconds=off_s))
    answer = await asked(client, device_id, wrong)
    assert (answer.status_code, answer.json()["code"]) == (401, "device_clock_wrong")
    assert answer.json()["params"]["now"] == now.isoformat()
    assert (await asked(client, device_id, pair.proof(device_id, now))).status_code == 200


@pytest.mark.parametrize(("wipe", "code"), [(False, "device_is_blocked"), (True, "device_is_wiped")])
async def test_a_blocked_device_is_told_so_and_gets_no_token(
    client: Api, store: Store, wipe: bool, code: str
) -> None:
    device_id, pair = await enrolled(client)
    tablet = client.anonymous(Authorization=f"Bearer {device_id}.{await client.token(device_id, pair)}")
    admin = await client.login("admin")
    body = {"id": str(uuid4()), "wipe": wipe, "reason": "lost"}
    await admin.ok("POST", f"/api/devices/{device_id}/block", json=body)
    assert (await tablet.get("/api/devices/self")).json()["code"] == code
    told = await asked(client, device_id, pair.proof(device_id, store.clock.now()))
    assert (told.status_code, told.json()["code"]) == (401, code)
    await admin.ok("POST", f"/api/devices/{device_id}/unblock", json={"id": str(uuid4())})
    assert (await tablet.get("/api/devices/self")).json()["code"] == "unauthenticated"
    late = await asked(client, device_id, pair.proof(device_id, store.clock.now()))
    assert late.json()["code"] == "device_proof_not_valid"


async def test_a_new_code_ends_the_old_pair_and_its_tokens(client: Api, store: Store) -> None:
    device_id, pair = await enrolled(client)
    tablet = client.anonymous(Authorization=f"Bearer {device_id}.{await client.token(device_id, pair)}")
    admin = await client.login("admin")
    await admin.ok("POST", f"/api/devices/{device_id}/code", json={"id": str(uuid4())})
    assert (await tablet.get("/api/devices/self")).status_code == 401
    answer = await asked(client, device_id, pair.proof(device_id, store.clock.now()))
    assert answer.json()["code"] == "device_proof_not_valid"


async def test_one_devices_token_is_nothing_under_anothers_name(client: Api) -> None:
    device_id, pair = await enrolled(client)
    other_id, _ = await enrolled(client)
    token = await client.token(device_id, pair)
    stolen = client.anonymous(Authorization=f"Bearer {other_id}.{token}")
    assert (await stolen.get("/api/devices/self")).status_code == 401


async def test_old_tokens_and_proofs_go(client: Api, store: Store, clock: ManualClock) -> None:
    device_id, pair = await enrolled(client)
    before = await forget_tokens(store)
    clock.advance(model.TOKEN_LIFE.total_seconds() + 1)
    assert await forget_tokens(store) == 2
    assert before == 0
    await client.token(device_id, pair)


async def test_who_holds_a_device_is_on_record(client: Api) -> None:
    device_id, _ = await enrolled(client)
    admin, elsewhere = await client.login("admin"), await client.login("elsewhere")
    me = await (await client.login("officer")).ok("GET", "/api/me")
    path = f"/api/devices/{device_id}/holder"
    body = {"id": str(uuid4()), "holder_id": me["id"]}
    assert (await admin.ok("POST", path, json=body))["holder_id"] == me["id"]
    stranger = await elsewhere.ok("GET", "/api/me")
    for holder in (stranger["id"], str(uuid4())):
        answer = await admin.post(path, json={"id": str(uuid4()), "holder_id": holder})
        assert answer.status_code == 404
    assert (await admin.ok("POST", path, json=body))["holder_id"] == me["id"]
    assert (await admin.ok("POST", path, json={"id": str(uuid4()), "holder_id": None}))["holder_id"] is None

"""V9 Self-contained tokens: the proofs by which devices get their tokens."""

import base64
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from jedel.access.keypairs.model import AUDIENCE, CLOCK_SKEW
from jedel.journal import Store
from tests.support import Api
from tests.support.keypair import KeyPair


def part(value: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(value)).rstrip(b"=").decode()


def claims(store: Store, device: UUID, **other: Any) -> dict[str, Any]:
    names = {"iss": str(device), "sub": str(device), "aud": AUDIENCE, "jti": uuid4().hex}
    return names | {"iat": int(store.clock.now().timestamp())} | other


async def refused(client: Api, device: UUID, assertion: str) -> None:
    answer = await client.anonymous().post(
        "/api/devices/token", json={"device_id": str(device), "assertion": assertion}
    )
    assert answer.status_code in {401, 422}, answer.text
    assert "token" not in answer.json()


async def test_only_the_devices_own_key_and_one_algorithm_sign(client: Api, store: Store) -> None:
    """No signature, a symmetric one by the public key, another curve, a key that the token itself brings."""
    pair = KeyPair()
    _, device, _ = await client.device("tablet", pair=pair)
    said = claims(store, device)
    await refused(client, device, f"{part({'alg': 'none'})}.{part(said)}.")
    await refused(client, device, f"{part({'alg': 'None', 'typ': 'JWT'})}.{part(said)}.AAAA")
    for secret in (pair.point, pair.public.encode(), b"x" * 32):
        await refused(
            client,
            device,
            jwt.encode({"alg": "HS256"}, said, OctKey.import_key(secret), algorithms=["HS256"]),
        )
    other = ECKey.generate_key("P-384")
    await refused(client, device, jwt.encode({"alg": "ES384"}, said, other, algorithms=["ES384"]))
    own = ECKey.generate_key("P-256")
    for header in (
        {"alg": "ES256", "jwk": own.as_dict(private=False)},
        {"alg": "ES256", "jku": "https://evil.example/keys", "kid": "1"},
        {"alg": "ES256", "x5u": "https://evil.example/cert"},
        {"alg": "ES256"},
    ):
        await refused(client, device, jwt.encode(header, said, own))


ELSEWHERE: tuple[dict[str, Any], ...] = (
    *({"aud": "jedel"}, {"aud": None}, {"iss": str(uuid4())}, {"sub": str(uuid4())}),
    *({"jti": "short"}, {"jti": 7}, {"iat": "now"}, {"iat": 1e300}),
)


async def test_a_proof_is_for_this_place_and_of_this_device(client: Api, store: Store) -> None:
    pair = KeyPair()
    _, device, _ = await client.device("tablet", pair=pair)
    for other in ELSEWHERE:
        said = claims(store, device, **other)
        await refused(client, device, jwt.encode({"alg": "ES256"}, said, ECKey.import_key(pair.private)))


async def test_a_changed_or_old_proof_is_none(client: Api, store: Store) -> None:
    pair = KeyPair()
    _, device, _ = await client.device("tablet", pair=pair)
    now = store.clock.now()
    good = pair.proof(device, now)
    head, body, sign = good.split(".")
    changed = part(claims(store, device) | {"admin": True})
    for bad in (
        f"{head}.{changed}.{sign}",
        f"{head}.{body}.{sign[:-4]}AAAA",
        f"{head}.{body}",
        f"{head}.{body}.{sign}.{sign}",
        pair.proof(device, now - CLOCK_SKEW - timedelta(seconds=1)),
        pair.proof(device, now + CLOCK_SKEW + timedelta(seconds=1)),
    ):
        await refused(client, device, bad)
    await client.anonymous().ok(
        "POST", "/api/devices/token", json={"device_id": str(device), "assertion": good}
    )
    await refused(client, device, good)


async def test_a_proof_is_no_token(client: Api, store: Store) -> None:
    """A token of one purpose is not taken for another's: nor a proof as a bearer, nor on the feed."""
    pair = KeyPair()
    _, device, _ = await client.device("tablet", pair=pair)
    proof = pair.proof(device, store.clock.now())
    for bearer in (proof, f"{device}.{proof}"):
        answer = await client.anonymous(Authorization=f"Bearer {bearer}").get("/api/devices/self")
        assert answer.status_code == 401

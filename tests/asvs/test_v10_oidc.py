"""V10 OAuth and OIDC: Jedel as a client of an identity provider (more: tests/access/test_oidc.py)."""

import base64
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

from fastapi import FastAPI

from jedel.access.oidc.model import ALGORITHMS
from tests.access.test_oidc import provider, through
from tests.support import Api, idp

__all__ = ["provider"]


async def sent(client: Api) -> tuple[dict[str, list[str]], str]:
    """What the browser is sent to the provider with, and its cookie."""
    away = await client.anonymous().get("/api/session/oidc")
    assert away.status_code == 303
    return parse_qs(urlsplit(away.headers["location"]).query), away.headers["set-cookie"]


async def test_each_sign_in_has_secrets_of_its_own(client: Api, provider: idp.Provider) -> None:
    """state, nonce and the proof key: new each time, long, and the proof key sent as its digest."""
    (one, cookie), (two, other) = await sent(client), await sent(client)
    for name in ("state", "nonce", "code_challenge"):
        assert one[name] != two[name]
        assert len(one[name][0]) >= 43, name
    assert (one["response_type"], one["code_challenge_method"]) == (["code"], ["S256"])
    assert one["scope"] == ["openid profile"], "no more than who it is"
    assert cookie != other
    assert "HttpOnly" in cookie
    assert idp.SECRET not in str(one)


async def test_no_token_of_the_provider_reaches_the_browser(client: Api, provider: idp.Provider) -> None:
    seat, where = await through(client)
    assert where == "/"
    said = " ".join(f"{each.name}={each.value}" for each in seat.cookies.jar)
    assert "eyJ" not in said, "a JWT begins so"
    me = await seat.get("/api/me")
    assert "eyJ" not in me.text


async def test_the_flows_secrets_are_not_in_the_database(
    client: Api, provider: idp.Provider, app: FastAPI
) -> None:
    """Who reads the database can finish nobody's sign-in: state and browser are there as digests only."""
    asked, cookie = await sent(client)
    async with client.store.reading() as tx:
        cursor = await tx.conn.execute("SELECT f::text AS row FROM oidc_flow f")
        text = " ".join(row["row"] for row in await cursor.fetchall())
    assert asked["nonce"][0] in text, "the right table was looked at"
    assert asked["state"][0] not in text
    assert cookie.split("=", 1)[1].split(";")[0] not in text
    proof = base64.urlsafe_b64encode(sha256(asked["state"][0].encode()).digest()).decode()
    assert proof not in text


def test_nothing_that_we_could_sign_ourselves_is_believed() -> None:
    assert not [name for name in ALGORITHMS if name.startswith("HS") or name.lower() == "none"]


async def test_another_site_begins_nobodys_sign_in(client: Api, provider: idp.Provider) -> None:
    """A link or frame of another page does not sign a person in by the provider's standing session."""
    for site in ("cross-site", "same-site", "CROSS-SITE", "nonsense"):
        answer = await client.anonymous().get("/api/session/oidc", headers={"Sec-Fetch-Site": site})
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site"), site
        assert "set-cookie" not in answer.headers

"""Signing in by the department's identity provider.

Decision: the provider says *who*, Jedel says *what*. An account is made here first, with its role and
region, by an administrator (marked *external*); at the first sign-in it is bound to the provider's subject by
the log-in that the provider names, and from then on to the subject alone, so that a log-in given to somebody
else later opens nothing. Roles out of claims would let whoever administers the provider make himself an
auditor.

Invariants
1. A state is good once, in the browser that began, for ten minutes.
2. An external account has no password, no passkey and no code here: who is put out there is out here.
"""

import secrets
from dataclasses import replace

from jedel.access import service as sessions
from jedel.access.model import Method, Principal, digest, new_token, same_secret
from jedel.access.oidc import model, repository
from jedel.access.oidc.errors import NoAccountHere, ProviderNotValid
from jedel.access.oidc.model import Asked
from jedel.access.oidc.provider import Provider
from jedel.access.standing import SESSION_ENDED
from jedel.journal import Entry, Store
from jedel.kernel.ids import new_id

PROVIDER = "system:oidc"


async def begin(store: Store, provider: Provider, redirect: str) -> tuple[str, str]:
    """Where the browser goes, and the secret that it keeps meanwhile. Raises Unavailable."""
    state, browser, nonce, verifier = (new_token(), new_token(), new_token(), secrets.token_urlsafe(64))
    url = await provider.address(redirect, state, nonce, verifier)
    async with store.transaction() as tx:
        asked = Asked(digest(browser), nonce, verifier)
        await repository.keep_flow(tx.conn, digest(state), asked, tx.now + model.FLOW_LIFE)
    return url, browser


async def finish(
    store: Store,
    provider: Provider,
    redirect: str,
    *,
    state: str,
    code: str,
    iss: str | None,
    browser: str,
    agent: str,
) -> tuple[Principal, str]:
    """The principal and its new session token. Raises ProviderNotValid, NoAccountHere, Unavailable."""
    async with store.transaction() as tx:
        asked = await repository.take_flow(tx.conn, digest(state), tx.now)
        now = tx.now
    if asked is None or not same_secret(browser, asked.browser_digest):
        raise ProviderNotValid
    person = await provider.person(redirect, code, asked.verifier, asked.nonce, iss, now)
    issuer = provider.expectation.issuer
    async with store.transaction() as tx:
        account = await repository.account_of_subject(tx.conn, issuer, person.subject)
        if account is None and person.login is not None:
            account = await repository.link(tx.conn, issuer, person.subject, person.login)
            if account is not None:
                kind, region = "access.linked", account["region"]
                tx.record(Entry(new_id(), region, kind, account["id"], PROVIDER, {"issuer": issuer}))
    if account is None:
        raise NoAccountHere
    who = sessions.principal(account)
    token = await sessions.open_session(store, who, agent, Method.OIDC, person.session)
    return replace(who, method=Method.OIDC, proved_at=store.clock.now()), token


async def ended_there(store: Store, provider: Provider, token: str) -> None:
    """The provider says that somebody signed out there. Raises ProviderNotValid, Unavailable."""
    subject, session = await provider.ended(token, store.clock.now())
    async with store.transaction() as tx:
        for row in await repository.sessions_of(tx.conn, provider.expectation.issuer, subject, session):
            await repository.end(tx.conn, row["id"], tx.now)
            tx.record(Entry(new_id(), row["region"], SESSION_ENDED, row["id"], PROVIDER))

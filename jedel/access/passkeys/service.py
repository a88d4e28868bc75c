"""Signing in by passkey: two factors in one, and nothing that a false page could take.

WebAuthn Level 3 by the library `webauthn`; user verification is demanded: the device has asked for a
finger, a face or a PIN. A challenge is random, answered once, and good for `CHALLENGE_LIFE`.
"""

import json
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import webauthn
from webauthn.helpers import parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from jedel.access import model
from jedel.access import service as accounts
from jedel.access.errors import PasskeyNotValid
from jedel.access.model import Method, Passkey, Principal
from jedel.access.passkeys import repository
from jedel.access.standing import gave_one_up, may_change_factors, raised
from jedel.journal import Entry, Store
from jedel.kernel.errors import NotFound, TooMany
from jedel.kernel.ids import new_id

Credential = dict[str, Any]
"""What the browser's `credential.toJSON()` gives."""

NOT_VALID = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)
"""What the library raises for an answer that is malformed or does not fit."""


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Whom the browser speaks to. ``origin``: scheme, host and port of the page; ``id``: its host."""

    id: str
    origin: str


async def registration_options(store: Store, who: Principal, party: RelyingParty) -> dict[str, Any]:
    """What the browser needs to make a passkey for this account."""
    async with store.transaction() as tx:
        await may_change_factors(tx, who)
        own = await repository.of_account(tx.conn, who.id)
        if len(own) >= model.PASSKEYS_MAX:
            raise TooMany(limit=model.PASSKEYS_MAX)
        options = webauthn.generate_registration_options(
            rp_id=party.id,
            rp_name="Jedel",
            user_id=who.id.bytes,
            user_name=who.name,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=each.credential_id) for each in own],
        )
        until = tx.now + model.CHALLENGE_LIFE
        await repository.keep_challenge(tx.conn, options.challenge, who.id, until)
    found: dict[str, Any] = json.loads(webauthn.options_to_json(options))
    return found


async def register(
    store: Store,
    who: Principal,
    party: RelyingParty,
    passkey_id: UUID,
    name: str,
    credential: Credential,
    token: str,
) -> tuple[Passkey, str | None]:
    """Keep the passkey that the browser made; the session's new token, where it was waiting for one.

    Raises PasskeyNotValid, FreshSignInNeeded, FactorExists.
    """
    challenge = await _taken(store, credential, who.id)
    async with store.transaction() as tx:
        await may_change_factors(tx, who)
        try:
            seen = webauthn.verify_registration_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=party.id,
                expected_origin=party.origin,
                require_user_verification=True,
            )
        except NOT_VALID as fault:
            raise PasskeyNotValid from fault
        made = Passkey(
            *(passkey_id, seen.credential_id, who.id, seen.credential_public_key),
            *(seen.sign_count, name, tx.now, None),
        )
        if await tx.recorded(passkey_id) or not await repository.insert(tx.conn, made):
            raise PasskeyNotValid
        tx.record(Entry(passkey_id, who.region, "access.passkey_added", who.id, who.actor, {"name": name}))
        return made, await raised(tx, who, token, Method.PASSKEY)


async def sign_in_options(store: Store, party: RelyingParty) -> dict[str, Any]:
    """What the browser needs to find a passkey of this site; it names nobody."""
    options = webauthn.generate_authentication_options(
        rp_id=party.id, user_verification=UserVerificationRequirement.REQUIRED
    )
    async with store.transaction() as tx:
        until = tx.now + model.CHALLENGE_LIFE
        await repository.keep_challenge(tx.conn, options.challenge, None, until)
    found: dict[str, Any] = json.loads(webauthn.options_to_json(options))
    return found


async def sign_in(
    store: Store, party: RelyingParty, credential: Credential, agent: str
) -> tuple[Principal, str]:
    """The principal and its new session token. Raises PasskeyNotValid."""
    who = await prove(store, party, credential)
    token = await accounts.open_session(store, who, agent, Method.PASSKEY)
    return replace(who, method=Method.PASSKEY, proved_at=store.clock.now()), token


async def prove_again(
    store: Store, who: Principal, party: RelyingParty, credential: Credential, token: str
) -> str:
    """The session's new token, after its own owner showed a passkey. Raises PasskeyNotValid."""
    shown = await prove(store, party, credential)
    if shown.id != who.id:
        raise PasskeyNotValid
    return await accounts.proved_again(store, who, token, Method.PASSKEY)


async def prove(store: Store, party: RelyingParty, credential: Credential) -> Principal:
    """Whose passkey that is. Raises PasskeyNotValid.

    A passkey whose counter goes back was copied: it is refused, as the library demands.
    """
    challenge = await _taken(store, credential, None)
    async with store.transaction() as tx:
        try:
            key = await repository.by_credential(tx.conn, webauthn.base64url_to_bytes(credential["rawId"]))
            if key is None:
                raise PasskeyNotValid
            seen = webauthn.verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=party.id,
                expected_origin=party.origin,
                credential_public_key=key.public_key,
                credential_current_sign_count=key.sign_count,
                require_user_verification=True,
            )
        except NOT_VALID as fault:
            raise PasskeyNotValid from fault
        account = await repository.account(tx.conn, key.account_id)
        if account is None:
            raise PasskeyNotValid
        await repository.used(tx.conn, key.id, seen.new_sign_count, tx.now)
    return accounts.principal(account)


async def of_account(store: Store, who: Principal) -> list[Passkey]:
    async with store.reading() as tx:
        return await repository.of_account(tx.conn, who.id)


async def remove(store: Store, who: Principal, passkey_id: UUID) -> None:
    """Forget one of one's own passkeys. Raises FreshSignInNeeded, LastFactor, NotFound."""
    async with store.transaction() as tx:
        account = await may_change_factors(tx, who)
        if not await repository.remove(tx.conn, who.id, passkey_id):
            raise NotFound(what="passkey", id=passkey_id)
        gave_one_up(account)
        tx.record(Entry(new_id(), who.region, "access.passkey_removed", who.id, who.actor))


async def _taken(store: Store, credential: Credential, account: UUID | None) -> bytes:
    """The challenge that the credential answers, if it was given to this account and not answered before.

    In a transaction of its own: a wrong answer uses it up too.
    """
    try:
        raw = webauthn.base64url_to_bytes(credential["response"]["clientDataJSON"])
        challenge = parse_client_data_json(raw).challenge
    except NOT_VALID as fault:
        raise PasskeyNotValid from fault
    async with store.transaction() as tx:
        if not await repository.take_challenge(tx.conn, challenge, account, tx.now):
            raise PasskeyNotValid
    return challenge

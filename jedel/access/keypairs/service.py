"""Tokens for devices that prove their key."""

from datetime import datetime
from uuid import UUID

from jedel.access import model as access
from jedel.access import repository as devices
from jedel.access.errors import DeviceClockWrong, DeviceIsBlocked, DeviceIsWiped, ProofNotValid
from jedel.access.keypairs import model, repository
from jedel.journal import Store


async def token(
    store: Store, device_id: UUID, assertion: str, version: str | None
) -> tuple[str, datetime, datetime]:
    """A new token, until when it is good, and the time here.

    A token is not a fact that the journal keeps: a device in use would fill it with nothing else. That the
    device was here stands in its row.

    Raises:
        ProofNotValid, DeviceClockWrong, DeviceIsBlocked, DeviceIsWiped
    """
    secret = access.new_token()
    async with store.transaction() as tx:
        key = await repository.key_of(tx.conn, device_id)
        if key is None:
            raise ProofNotValid
        try:
            proof = model.read(assertion, device_id, key)
        except model.NotAProof as error:
            raise ProofNotValid from error
        if not model.timely(proof, tx.now):
            raise DeviceClockWrong(now=tx.now.isoformat())
        found = await devices.device_key(tx.conn, device_id)
        if found is None or not await repository.use_proof(
            tx.conn, device_id, proof.jti, tx.now + 2 * model.CLOCK_SKEW
        ):
            raise ProofNotValid
        if found.device.blocked_at is not None:
            raise DeviceIsWiped if found.wipe else DeviceIsBlocked
        until = tx.now + model.TOKEN_LIFE
        await repository.insert_token(tx.conn, device_id, access.digest(secret), until)
        await repository.seen(tx.conn, device_id, tx.now, version)
        return secret, until, tx.now

"""Whom staff must not look up without somebody looking: themselves and their relatives.

An administrator enters what an employee declared. Kept are digests under a key that lies outside of the
database: whoever copies the table cannot try all ИИН against it.
"""

import hmac
from functools import cache
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from jedel.access import Principal, region_of_account
from jedel.journal import Connection, Entry, Store, Tx, keys
from jedel.kernel.errors import NotFound
from jedel.lookups import repository
from jedel.lookups.model import LookUp
from jedel.lookups.schemas import Declare
from jedel.registers import identifiers
from jedel.registers import repository as registers

_USE = b"jedel.lookups.own_interest"


@cache
def _key(file: Path) -> bytes:
    """Made on first use; raises KeyFault where others may read it."""
    return hmac.digest(keys.load_or_make(file).private_bytes_raw(), _USE, sha256)


def digest(file: Path, iin: str) -> bytes:
    """How an ИИН is kept."""
    return hmac.digest(_key(file), iin.encode(), sha256)


async def declare(store: Store, who: Principal, account_id: UUID, body: Declare, file: Path) -> None:
    """These ИИН, and no others, are the employee's own and his relatives'. The journal keeps how many."""
    digests = {digest(file, identifiers.iin(each).number) for each in body.numbers}
    async with store.transaction() as tx:
        if await region_of_account(tx.conn, account_id) != who.region:
            raise NotFound(what="account", id=account_id)
        if await tx.recorded(body.id):
            return
        await repository.declare(tx.conn, account_id, digests, who.id, tx.now)
        data = {"count": len(digests)}
        tx.record(Entry(body.id, who.region, "lookups.interests_declared", account_id, who.actor, data))


async def touched(tx: Tx, made: LookUp, file: Path) -> bool:
    """Whether the answer is about somebody whom the asker declared, by whatever number he asks."""
    declared = await repository.interests(tx.conn, made.account_id)
    return any(digest(file, each) in declared for each in await _people(tx.conn, made))


async def _people(conn: Connection, made: LookUp) -> set[str]:
    """ИИН of those about whom the answer is: the person, or who owns or owned the vehicle."""
    match made.asked_by:
        case "iin":
            return {made.asked}
        case "document":
            person = await registers.person(conn, document=made.asked)
            return {person.iin} if person and person.iin else set()
        case "plate" | "vin":
            by_plate = made.asked_by == "plate"
            plate, vin = (made.asked, None) if by_plate else (None, made.asked)
            car = await registers.vehicle(conn, plate=plate, vin=vin)
            return {owner.number for owner in car.owners} if car else set()
        case _:
            return set()

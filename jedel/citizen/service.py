"""Answers to citizens: read, never written down. Their own reports of phones: reports.py."""

from typing import Any

import orjson
from psycopg.errors import UndefinedTable

from jedel.citizen import model, repository
from jedel.citizen.desk import Desk
from jedel.citizen.errors import PlateMalformed, VinMalformed
from jedel.citizen.model import Checked
from jedel.journal import Store
from jedel.jurisdictions import restriction_words
from jedel.registers import Kind, Malformed, identifiers
from jedel.registers.repository import InForce

VEHICLE_KINDS = (Kind.VEHICLES, Kind.OWNERS, Kind.WANTED_VEHICLES)
Fields = dict[str, Any]


def plate(text: str) -> str:
    """Raises: PlateMalformed"""
    try:
        return identifiers.plate(text)
    except Malformed as fault:
        raise PlateMalformed(number=text) from fault


def vin(text: str) -> str:
    """Raises: VinMalformed"""
    try:
        return identifiers.vin(text).number
    except Malformed as fault:
        raise VinMalformed(number=text) from fault


async def vehicle(store: Store, desk: Desk, by: str, number: str) -> bytes:
    """A VehicleHistory as JSON, whether or not there is such a vehicle."""
    known = await desk.in_force(store)
    try:
        async with store.pool.connection() as conn:
            row = await repository.vehicle(conn, known, by, number)
    except UndefinedTable:  # two imports within two seconds
        known = await desk.in_force(store, anew=True)
        async with store.pool.connection() as conn:
            row = await repository.vehicle(conn, known, by, number)
    return dumps(_vehicle(by, number, row, known) | {"checked_at": store.clock.now()})


def _vehicle(by: str, number: str, row: Fields, known: InForce) -> Fields:
    """The parts of registers that can answer."""
    ages = known.ages
    facts = owners = wanted = None
    if row["state"] is not None:
        facts = {
            "make": model.plain(row["make"]),
            "model": model.plain(row["model"]),
            "colour": model.plain(row["colour"]),
            "kind": model.plain(row["class"]),
            "year": row["year"],
            "state": row["state"],
            "restrictions": model.restrictions(row["restrictions"], restriction_words()),
            "accidents": row["accidents"],
            "source": row["source"],
            "as_of": row["as_of"],
        }
    if Kind.OWNERS in ages and facts:
        owners = {"count": row["owners"] or None} | _sourced(known, Kind.OWNERS)
    if Kind.WANTED_VEHICLES in ages:
        wanted = {"wanted": row["wanted"]} | _sourced(known, Kind.WANTED_VEHICLES)
    return {
        "by": by,
        "number": number,
        "known": facts is not None or row["wanted"],
        "vehicle": facts,
        "owners": owners,
        "wanted": wanted,
        "unavailable": [kind for kind in VEHICLE_KINDS if kind not in ages],
    }


def _sourced(known: InForce, kind: Kind) -> Fields:
    return {"source": known.ages[kind].source, "as_of": known.ages[kind].as_of}


async def phone(store: Store, desk: Desk, asked: Checked) -> bytes:
    """An ImeiAnswer as JSON."""
    known = await desk.in_force(store)
    try:
        async with store.pool.connection() as conn:
            row = await repository.phone(conn, known, asked.number)
    except UndefinedTable:  # two imports within two seconds
        known = await desk.in_force(store, anew=True)
        async with store.pool.connection() as conn:
            row = await repository.phone(conn, known, asked.number)
    if row is not None:
        found = {"state": f"reported_{row['state']}"} | {
            key: row[key] for key in ("since", "source", "as_of")
        }
    elif Kind.PHONES in known.ages:
        found = {"state": "clear", "since": None} | _sourced(known, Kind.PHONES)
    else:
        found = {"state": "unavailable", "since": None, "source": None, "as_of": None}
    checked_at = store.clock.now()
    return dumps({"imei": asked.number, "software": asked.software, **found, "checked_at": checked_at})


def dumps(fields: Fields) -> bytes:
    return orjson.dumps(fields, option=orjson.OPT_UTC_Z)

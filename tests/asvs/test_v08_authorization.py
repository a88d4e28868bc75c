"""V8 Authorization: objects of another region on every route, fields that are not one's to see."""

from pathlib import Path
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI

from jedel.access import DeviceKind, Role
from jedel.access.gate import Gate
from jedel.kernel.clock import ManualClock
from tests.asvs.operations import WORDS, Callers, Operation, operations
from tests.asvs.two_regions import Ids, foreign_tablet, objects, stranger
from tests.support import Api
from tests.support.api import Seat

MAKES = {"POST /api/qorgau/watch/lists/{list_id}", "PUT /api/walls/{wall_id}"}
"""The id is of what is made by it."""
BY_MORE = {
    "POST /api/plates/reads/{read_id}/evidence",
    "POST /api/camera-handovers/{handover_id}/settle",
}
"""A read is found by its plate and time too; tests/plates/test_retention.py keeps one. A hand-over is settled
by the region that it is offered to; tests/cameras/test_handover.py does."""
OF_THE_POST = {
    "GET /api/calls/{call_id}/post",
    "POST /api/calls/{call_id}/language",
    "POST /api/calls/{call_id}/listen",
}
"""Only the post that rang has it, no other device; tests/calls tries."""
NOT_THERE = {"not_found", "plates_picture_gone", "alert_not_known"}


def named(each: Operation) -> list[str]:
    """The ids in the path."""
    return [part[1:-1] for part in each.path.split("/") if part.startswith("{") and part not in WORDS]


async def asked(seat: Seat, each: Operation, **ids: UUID) -> httpx.Response:
    answer = await seat.request(each.method, each.address(**ids), **each.sent())
    away = answer.status_code == 503 and answer.json()["code"] == "media_no_gateway"  # none runs here
    assert answer.status_code < 500 or away, (each.name, answer.text)
    return answer


def said(answer: httpx.Response, shown: UUID) -> tuple[int, str]:
    return answer.status_code, answer.text.replace(str(shown), "ID")


async def rows(client: Api) -> int:
    async with client.store.reading() as tx:
        row = await (await tx.conn.execute("SELECT count(*) AS n FROM journal")).fetchone()
    assert row is not None
    return int(row["n"])


async def test_another_regions_objects_do_not_exist_on_any_route(
    client: Api, app: FastAPI, clock: ManualClock, tmp_path: Path
) -> None:
    """Answered letter by letter like an id that nobody has, and nothing changes; while in its own region each
    of these objects does exist (or the test would prove nothing)."""
    theirs = await objects(client, clock, tmp_path)
    with_ids = [each for each in operations(app) if named(each) and each.name not in MAKES]
    assert {name for each in with_ids for name in named(each)} == set(theirs)
    strangers: dict[Role, Seat] = {}
    before, tried = await rows(client), 0
    for each in with_ids:
        assert isinstance(each.gate, Gate), f"{each.name} is open to all and takes an id"
        [name], ghost = named(each), uuid4()
        for role in (role for role in Role if role in each.gate.allowed):
            if role not in strangers:
                strangers[role] = await stranger(client, role)
                before += 1  # that sign-in
            real = await asked(strangers[role], each, **{name: theirs[name]})
            none = await asked(strangers[role], each, **{name: ghost})
            assert said(real, theirs[name]) == said(none, ghost), (each.name, role)
            assert real.status_code == 404, (each.name, role, real.text)
            assert real.json()["code"] in NOT_THERE, (each.name, role)
            tried += 1
    assert tried > 60
    assert await rows(client) == before, "nothing was done"
    await _own_region_finds_them(client, with_ids, theirs)


async def _own_region_finds_them(client: Api, with_ids: list[Operation], theirs: Ids) -> None:
    callers = Callers(client)
    duty = await client.login("duty")
    # what an administrator does to the account ends its sessions: that comes last
    for each in sorted(with_ids, key=lambda each: ("account_id" in each.path, each.method == "DELETE")):
        [name] = named(each)
        mine = each.path.startswith(("/api/sessions", "/api/passkeys"))
        seat = duty if mine else await callers.seat(each.caller())
        shown = theirs[name]
        answer = await asked(seat, each, **{name: shown})
        there = str(shown) not in answer.text or answer.status_code != 404
        assert there or each.name in BY_MORE | OF_THE_POST, (each.name, answer.text)
        if answer.status_code in {401, 422}:
            assert answer.json()["code"] not in {"unauthenticated", "invalid_request"}, (
                each.name,
                answer.text,
            )


async def test_another_regions_tablet_has_no_part_in_it(
    client: Api, app: FastAPI, clock: ManualClock, tmp_path: Path
) -> None:
    """Also not one that was entered there as the tablet of our own unit."""
    theirs = await objects(client, clock, tmp_path)
    tablet, before = await foreign_tablet(client, theirs["unit_id"]), await rows(client)
    for each in operations(app):
        assert not isinstance(each.gate, Gate) or each.gate.allowed
        if named(each) and isinstance(each.gate, Gate) and DeviceKind.TABLET in each.gate.allowed:
            [name] = named(each)
            answer = await asked(tablet, each, **{name: theirs[name]})
            code = answer.json()["code"]
            assert (answer.status_code == 404 and code in NOT_THERE) or code == "forbidden", each.name
    assert await tablet.ok("GET", "/api/units") == []
    assert await rows(client) == before


async def test_ids_in_bodies_reach_no_further_than_ids_in_paths(
    client: Api, clock: ManualClock, tmp_path: Path
) -> None:
    theirs = await objects(client, clock, tmp_path)
    seat = await stranger(client, Role.SUPERVISOR)
    for path, body in (
        ("/api/lookups/vehicle", {"plate": "777ABC02", "purpose": "incident", "incident_id": "incident_id"}),
        ("/api/devices", {"kind": "post", "name": "x", "site_id": "site_id"}),
        ("/api/devices", {"kind": "tablet", "name": "x", "unit_id": "unit_id"}),
    ):
        filled = {name: str(theirs.get(value, value)) for name, value in body.items()}
        ghost = {name: str(uuid4()) if value in theirs else value for name, value in body.items()}
        real = await seat.post(path, json=filled | {"id": str(uuid4())})
        none = await seat.post(path, json=ghost | {"id": str(uuid4())})
        assert real.status_code == none.status_code, (path, body, real.text, none.text)


async def test_what_a_device_may_not_know_is_not_in_what_it_reads(
    client: Api, clock: ManualClock, tmp_path: Path
) -> None:
    """A tablet reads its incident without who else called and from where, if it is not its own."""
    theirs = await objects(client, clock, tmp_path)
    tablet, _, _ = await client.device("tablet", unit_id=theirs["unit_id"])
    for path in ("", "/log"):
        answer = await tablet.get(f"/api/incidents/{theirs['incident_id']}{path}")
        assert answer.status_code in {403, 404}, answer.text


async def test_no_answer_holds_what_proves_a_person_or_a_device(client: Api, app: FastAPI) -> None:
    """Field by field: no view has a password, a key, a digest or a sealed secret, but where a secret is shown
    to its new owner once."""
    once = {
        "EnrolledDevice.key",
        "DeviceToken.token",
        "DeviceCode.code",
        "AccountCode.code",
        "RecoveryCode.code",
        "TotpBegun.secret",
    }
    secret = ("password", "secret", "token", "digest", "hash", "sealed", "private", "code", "key")
    found = set()
    schemas = app.openapi()["components"]["schemas"]
    answers = {
        name
        for methods in app.openapi()["paths"].values()
        for said in methods.values()
        for name in _references(said["responses"], schemas)
    }
    for name in answers - {"HTTPValidationError", "ValidationError"}:
        for field, shape in schemas[name].get("properties", {}).items():
            if any(word in field for word in secret) and shape.get("type") != "boolean":
                found.add(f"{name}.{field}")
    assert found - once <= {
        "HeadView.key",  # the number of the journal's public key
        "jedel__dispatch__schemas__ReasonView.code",  # of a message
        "Part.code",  # likewise
        "PurposeView.code",  # of a purpose
        "AccountView.passkeys",  # how many
        "GroundView.code",  # of a ground for which a car is looked for
        "LegalGroundView.code",
        "RateView.key",  # which camera, list or reader
        "jedel__lookups__schemas__PurposeView.code",
        "jedel__cameras__archive__schemas__PurposeView.code",
        "PresetView.token",  # ONVIF's word for the number of a preset
        "StreamView.codec",
        "ProfileView.codec",
        "ProfileView.token",  # likewise of a profile
        "FaultView.code",  # of what is wrong with a camera
        "UnavailableView.code",
        "OrderView.code",
        "LineView.code",  # of a ready sentence
    }, "a new field that sounds like a secret: a person must look at it"


def _references(value: object, schemas: dict[str, object], known: set[str] | None = None) -> set[str]:
    known = set() if known is None else known
    if isinstance(value, dict):
        name = str(value.get("$ref", "")).rsplit("/", 1)[-1]
        if name in schemas and name not in known:
            known.add(name)
            _references(schemas[name], schemas, known)
        for inner in value.values():
            _references(inner, schemas, known)
    elif isinstance(value, list):
        for inner in value:
            _references(inner, schemas, known)
    return known

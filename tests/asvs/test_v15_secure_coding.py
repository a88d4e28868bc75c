"""V15 Secure coding: fields nobody asked for, values of another type, parameters said twice."""

from typing import Any
from uuid import uuid4

from fastapi import FastAPI

from tests.asvs.operations import Callers, operations
from tests.asvs.source import ROOT, calls, modules
from tests.support import Api

WISHES = {
    "role": "administrator",
    "region": "02",
    "account_id": "00000000-0000-4000-8000-000000000000",
    "blocked_at": None,
    "is_admin": True,
    "enrolled_at": "2026-11-22T08:00:00Z",
    "decided_by": "00000000-0000-4000-8000-000000000000",
    "state": "granted",
    "password_hash": "x",
    "__proto__": {"admin": True},
    "constructor": {"prototype": {"admin": True}},
}


async def test_no_body_takes_a_field_it_does_not_name(client: Api, app: FastAPI) -> None:
    """Mass assignment, on every operation: each field is refused by name, and nothing is done."""
    callers, tried = Callers(client), 0
    for each in operations(app):
        if each.body is None:
            continue
        seat = await callers.seat(each.caller())
        wishes = {name: value for name, value in WISHES.items() if name not in each.fields()}
        example = each.example()
        answer = await seat.request(
            each.method, each.address(), json=(example if isinstance(example, dict) else {}) | wishes
        )
        if each.path in OWN_READING:
            assert answer.status_code in {200, 409}, each.name  # 409: a device that is no camera yet
            continue
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), (
            each.name,
            answer.text,
        )
        refused = {
            e["field"].split(".")[-1] for e in answer.json()["errors"] if e["kind"] == "extra_forbidden"
        }
        known = {"region", "state"} if "/citizen/" in each.path else set()  # a report's own words
        assert refused >= set(wishes) - known, each.name
        tried += 1
    assert tried > 40
    async with client.store.reading() as tx:
        cursor = await tx.conn.execute("SELECT DISTINCT region FROM journal WHERE kind LIKE 'alarms.%'")
        assert await cursor.fetchall() == [{"region": "00"}], "the device's own region"


OWN_READING = {"/api/device/signals", "/api/plates/reads"}
"""Its body is read by the driver's codec: devices of other makes say more than we ask; it does not count."""


async def test_nested_fields_are_refused_too(app: FastAPI) -> None:
    """Every object inside a body says that it takes no more than it names, but a passkey's answer, which the
    library reads by its own rules."""
    loose = set()
    for each in operations(app):
        for name, schema in objects(each.body or {}, each.schemas):
            if schema.get("additionalProperties", True) is not False:
                loose.add(name)
    assert loose <= {"Credential", "Zones", ""}, loose


def objects(schema: Any, schemas: Any, known: frozenset[str] = frozenset()) -> list[tuple[str, Any]]:
    if isinstance(schema, list):
        return [each for inner in schema for each in objects(inner, schemas, known)]
    if not isinstance(schema, dict):
        return []
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return [] if name in known or name not in schemas else objects(schemas[name], schemas, known | {name})
    own = [(schema.get("title", ""), schema)] if "properties" in schema else []
    return own + [each for inner in schema.values() for each in objects(inner, schemas, known)]


async def test_values_of_another_type_are_no_values(client: Api, app: FastAPI) -> None:
    """Each needed field in turn as a list, an object and a number: refused by name, never a 5xx."""
    callers = Callers(client)
    for each in operations(app):
        example = each.example()
        if not isinstance(example, dict) or each.path in OWN_READING:
            continue
        seat = await callers.seat(each.caller())
        for name in example:
            for wrong in ([], {"$gt": ""}, [example[name]]):
                if isinstance(example[name], type(wrong)):
                    continue
                answer = await seat.request(each.method, each.address(), json=example | {name: wrong})
                assert answer.status_code == 422, (each.name, name, wrong, answer.text)


async def test_a_field_counts_where_it_belongs_and_nowhere_else(client: Api) -> None:
    """Parameter pollution: a body's field in the query, a query's in the body, one said twice."""
    seat = await client.login("duty")
    language = {"language": "ru"}
    assert (await seat.put("/api/me/language", params=language)).status_code == 422
    assert (await seat.put("/api/me/language?language=kk", json=language)).status_code == 204
    assert (await seat.ok("GET", "/api/me"))["language"] == "ru"
    seat = await client.login("supervisor")
    two = "/api/devices?limit=1&limit=9999&kind=post&kind=nothing"
    assert (await seat.get(two)).status_code == 422, "every one of them is judged, or the last that counts is"
    doubled = b'{"id":"%b","kind":"post","name":"a","name":"b"}' % str(uuid4()).encode()
    made = await seat.ok(
        "POST", "/api/devices", content=doubled, headers={"Content-Type": "application/json"}
    )
    assert made["device"]["name"] in {"a", "b"}, "one value, and the same that was judged"


async def test_a_name_of_a_prototype_is_a_name(client: Api) -> None:
    admin = await client.login("admin")
    for name in ("__proto__", "constructor", "prototype"):
        made = await admin.ok("POST", "/api/devices", json={"id": str(uuid4()), "kind": "post", "name": name})
        assert made["device"]["name"] == name


def test_what_we_fetch_does_not_lead_us_elsewhere() -> None:
    """httpx follows no redirect unless told to, and nowhere is; requests (under zeep) may follow none."""
    for path, tree in modules():
        for name, call in calls(tree):
            assert "follow_redirects" not in {word.arg for word in call.keywords}, f"{path}: {name}"
    asking = (ROOT / "jedel/registers/connectors/asking.py").read_text()
    assert "session.max_redirects = 0" in asking


def test_what_is_installed_is_pinned_by_its_digest() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        pinned = [line for line in text.splitlines() if "==" in line and not line.lstrip().startswith("#")]
        assert len(pinned) > 20
        for block in text.split("\n\n"):
            assert "==" not in block or "--hash=sha256:" in block
        assert "--extra-index-url" not in text
        assert "http://" not in text

"""V14 Data protection: what is personal is not in addresses, not in caches, not left in a browser."""

import re

from fastapi import FastAPI

from tests.asvs.operations import Callers, operations
from tests.asvs.source import ROOT
from tests.support import Api

KEPT = {"GET /api/map/basemap.pmtiles"}
"""Public: drawn from OpenStreetMap."""

SECRET_WORDS = (
    "token",
    "key",
    "password",
    "secret",
    "plate",
    "iin",
    "vin",
    "imei",
    "document",
    "name",
    "phone",
    "asked",
)


async def test_no_answer_of_the_api_is_kept_anywhere(client: Api, app: FastAPI) -> None:
    callers = Callers(client)
    for each in operations(app):
        if each.method != "GET" or each.name in KEPT:
            continue
        for seat in (await callers.seat(each.caller()), client.anonymous()):
            answer = await seat.get(each.address())
            assert answer.headers["cache-control"] == "no-store", each.name


async def test_addresses_carry_no_secret_and_no_number_of_a_persons(app: FastAPI) -> None:
    """Addresses get logged, by proxies and browsers: what is asked about a person goes in the body."""
    described = app.openapi()["paths"]
    found = {
        f"{each.name} {one['name']}"
        for each in operations(app)
        for one in described[each.path][each.method.lower()].get("parameters", ())
        if one["in"] == "query" and any(word in one["name"].lower() for word in SECRET_WORDS)
    }
    assert found == {"POST /api/qorgau/watch/lists/{list_id} name"}, "of a file, not of a person"


STORED = re.compile(r"(?:local|session)Storage\.setItem\(([^,]+),")
PLAIN = {
    "KEPT_AS",  # language, theme, the citizen page's number for itself
    "RUNG",  # ids of alerts that have rung here, so that none rings twice
}


def test_browsers_keep_no_personal_data_in_clear() -> None:
    """Outside of the tablet's encrypted store, a browser keeps its language, its theme, a random number, and
    (for the session of the tab) for which case somebody looks up, which signing out forgets."""
    keys = {
        match[1].strip()
        for app in ("ui", "console", "tablet", "citizen")
        for ending in ("*.ts", "*.tsx")
        for path in (ROOT / "web" / app / "src").rglob(ending)
        if ".test." not in path.name
        for match in STORED.finditer(path.read_text())
    }
    assert keys <= PLAIN, keys
    cases = (ROOT / "web/ui/src/lookups/cases.ts").read_text()
    assert "sessionStorage" in cases
    assert "localStorage" not in cases
    assert "forgetCases()" in (ROOT / "web/console/src/App.tsx").read_text()


def test_no_page_speaks_to_anybody_else() -> None:
    """No tracker, no font, no map from elsewhere: sources name no address of another host but licences'."""
    found = [
        f"{path.name}: {match[0]}"
        for app in ("ui", "console", "tablet", "citizen")
        for ending in ("*.ts", "*.tsx", "*.css", "*.html")
        for path in (ROOT / "web" / app).glob(f"src/**/{ending}")
        for match in re.finditer(r"https?://[\w.-]+", path.read_text())
        if ".test." not in path.name and match[0] not in ALLOWED
    ]
    assert found == []


ALLOWED = {
    "https://www.openstreetmap.org",  # whose map it is: a link that a person may follow
    "http://www.w3.org",  # a name, not an address
}

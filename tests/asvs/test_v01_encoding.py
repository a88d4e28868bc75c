"""V1 Encoding and sanitization: what is sent stays data, in SQL, in paths, in JSON, in shells, in XML."""

import ast
from uuid import uuid4

from fastapi import FastAPI

from tests.asvs.operations import Callers, operations
from tests.asvs.source import calls, imported, modules
from tests.support import Api

HOSTILE = (
    "' OR '1'='1",
    "'; DROP TABLE account; --",
    "%s %(id)s {0} {id!r} ${jndi:ldap://x}",
    '"><script>alert(1)</script>',
    "\\x27\\u0027",
    "../../../../etc/passwd",
    "{{7*7}} #{7*7} <%= 7*7 %>",
    "| id; `id` $(id)",
    "\u202e\u0000\ud7ff\ufffe",
)


async def test_hostile_values_change_no_query(client: Api, app: FastAPI) -> None:
    """In every text of every query; the same number of accounts stands afterwards, and nothing broke."""
    callers = Callers(client)
    described = app.openapi()["paths"]
    tried = 0
    for each in operations(app):
        parameters = described[each.path][each.method.lower()].get("parameters", ())
        texts = [one["name"] for one in parameters if one["in"] == "query"]
        for name in texts:
            seat = await callers.seat(each.caller())
            for value in HOSTILE:
                answer = await seat.request(each.method, each.address(), params={name: value})
                assert answer.status_code < 500, (each.name, name, value, answer.text)
                tried += 1
    assert tried > 100
    async with client.store.reading() as tx:
        row = await (await tx.conn.execute("SELECT count(*) AS n FROM account")).fetchone()
    assert row is not None
    assert row["n"] == 7


async def test_what_was_written_is_what_is_read(client: Api) -> None:
    """Decoded once and escaped once: a name comes back letter by letter, as JSON."""
    admin = await client.login("admin")
    written = HOSTILE[:-1]
    for value in written:
        body = {"id": str(uuid4()), "kind": "post", "name": value}
        made = await admin.ok("POST", "/api/devices", json=body)
        assert made["device"]["name"] == value
    answer = await admin.get("/api/devices")
    assert sorted(each["name"] for each in answer.json()) == sorted(written)
    assert answer.headers["content-type"] == "application/json"


async def test_a_path_is_decoded_once(client: Api) -> None:
    seat = await client.login("duty")
    unit = str(uuid4())
    for path in (
        f"/api/units/{unit.replace('-', '%252d')}",
        "/api%252funits",
        "/%2561pi/units",
        "/api/units/%00",
    ):
        assert (await seat.get(path)).status_code in {404, 405, 422}, path


SQL_CALLS = {"execute", "executemany", "copy"}


def test_sql_is_made_of_our_own_words() -> None:
    """A query is a literal, or a literal with constants in it; values go beside. Tables whose names are put
    together go through `psycopg.sql`, which quotes them."""
    found = set()
    for path, tree in modules():
        for name, call in calls(tree):
            if name.rsplit(".", 1)[-1] not in SQL_CALLS or not call.args:
                continue
            for part in ast.walk(call.args[0]):
                if isinstance(part, ast.FormattedValue) and not _ours(part.value):
                    found.add(
                        (path.removeprefix("jedel/").removesuffix("/repository.py"), ast.unparse(part.value))
                    )
    assert found <= REVIEWED


REVIEWED = {
    ("alarms", "LOCK if lock else ''"),
    ("alarms", "name"),  # of a column: from the table's own list
    ("alarms", "', '.join((f'%({name})s' for name in names))"),
    ("calls", "', '.join((f'%({name})s' for name in names))"),
    ("calls", "name"),  # of a column: a field of the call
    ("calls", "changed"),
    ("calls", "where"),  # one of two literals
    ("cameras", "', '.join(names)"),  # columns of a camera
    ("cameras", "values"),
    ("cameras", "sets"),
    ("cameras", "tail"),
    ("cameras/archive", "names"),  # columns of an export
    ("cameras/archive", "marks"),
    ("cameras/health", "' FOR UPDATE OF w' if lock else ''"),
    ("cameras/importing", "listed"),  # columns of a camera, of the table's own list
    ("cameras/importing", "ours"),
    ("cameras/importing", "theirs"),
    ("cameras/importing", "sets"),
    ("cameras/importing", "before"),
    ("cameras/importing", "after"),
    ("cameras/pages.py", "source"),  # one of four literals
    ("cameras/pages.py", "where"),  # literals, joined by AND
    ("cameras/pages.py", "order"),
    ("cameras/pages.py", "each"),  # numbered, as many as words were typed
    ("cameras/tiles", "query"),  # one of two literals
    ("citizen", "order"),  # one of two literals
    ("lookups", "columns"),  # from the look-up's own fields
    ("lookups", "which"),  # one of two literals
    ("lookups", "order"),
    ("places", "names"),  # columns of a site
    ("places", "updates"),
    ("plates/store/evidence", "name.strip()"),  # of the columns of a read
    ("plates/store/evidence", "', '.join((f'r.{name.strip()}' for name in COLUMNS.split(',')))"),
    ("qorgau/alerts", "' FOR UPDATE' if lock else ''"),
    ("qorgau/watch", "places"),  # of the entry's own fields
    ("qorgau/watch", "', '.join(others)"),  # likewise
    ("units", "last"),  # one of two literals
}
"""What else is put into a query; a person looked at each: none of it is sent by anybody."""


def _ours(value: ast.expr) -> bool:
    return isinstance(value, ast.Name) and value.id.lstrip("_").isupper()


DANGEROUS_CALLS = {
    "eval",
    "exec",
    "compile",
    "__import__",
    "os.system",
    "os.popen",
    "pickle.loads",
    "marshal.loads",
}
DANGEROUS_MODULES = {
    *("pickle", "marshal", "shelve", "dill", "xml.etree.ElementTree", "xml.sax", "lxml.etree"),
    *(
        "ldap",
        "ldap3",
        "jinja2",
        "mako",
        "smtplib",
        "imaplib",
        "ftplib",
        "telnetlib",
        "pymemcache",
        "memcache",
    ),
}


ELEMENTS_ONLY = {"jedel/plates/drivers/onvif/codec.py", "jedel/plates/drivers/onvif/xml.py"}
"""They take `Element` and `TreeBuilder`, which hold what an expat parser of our own has read: that refuses
every document type, and so every entity (tests/conformance/test_plate_samples.py)."""


def from_element_tree(tree: ast.AST) -> set[str]:
    found = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return {name.name for node in found if node.module == "xml.etree.ElementTree" for name in node.names}


def test_nothing_that_is_sent_is_run_or_revived() -> None:
    """No code out of text, no shell, no pickles, no templates; no mail, LDAP, XPath or memcache at all."""
    for path, tree in modules():
        elements = {"xml.etree.ElementTree"} if path in ELEMENTS_ONLY else set()
        assert not imported(tree) & DANGEROUS_MODULES - elements, path
        assert from_element_tree(tree) <= {"Element", "TreeBuilder"}, path
        for name, call in calls(tree):
            assert name not in DANGEROUS_CALLS, f"{path}:{call.lineno} {name}"
            shell = [word for word in call.keywords if word.arg == "shell"]
            assert not shell, f"{path}:{call.lineno}"


def test_patterns_are_our_own() -> None:
    """A regular expression is never made of what somebody sent."""
    for path, tree in modules():
        for name, call in calls(tree):
            if name in {"re.compile", "re.match", "re.search", "re.fullmatch", "re.sub"}:
                text = call.args[0]
                parts = [each for each in ast.walk(text) if isinstance(each, ast.FormattedValue)]
                assert all(_ours(each.value) or _escaped(each.value) for each in parts), (
                    f"{path}:{call.lineno}"
                )


def _escaped(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and ast.unparse(value.func) == "re.escape"


async def test_nobody_gives_us_an_address_to_fetch(app: FastAPI) -> None:
    """No field of a request is an address: what the server fetches is named by its own settings; but for
    cameras, whose addresses lie in the camera networks or are refused (tests/media/test_guard.py)."""
    named = {
        f"{each.name} {field}"
        for each in operations(app)
        for field in each.fields()
        if any(word in field.lower() for word in ("url", "uri", "host", "callback", "webhook", "redirect"))
    }
    assert named <= OF_CAMERAS


OF_CAMERAS = {
    "POST /api/cameras onvif_url",
    "PATCH /api/cameras/{camera_id} onvif_url",
    "POST /api/cameras/onvif url",
    "POST /api/cameras/onvif/probe url",
}


def test_xml_of_others_has_no_entities() -> None:
    """The only reader of XML is zeep, and it is told to refuse DTDs, entities and what lies outside."""
    readers = {
        path: ast.unparse(call)
        for path, tree in modules()
        for name, call in calls(tree)
        if name == "zeep.Settings"
    }
    assert set(readers) == {"jedel/registers/connectors/asking.py"}
    [said] = readers.values()
    for word in ("forbid_dtd=True", "forbid_entities=True", "forbid_external=True"):
        assert word in said

"""Every operation of the API, who may call it, and a body that fits: read off the program's description."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from fastapi import FastAPI

from jedel.access import DeviceKind, Role
from jedel.access.gate import Gate, PublicGate
from jedel.app.policy import declared
from tests.support import Api
from tests.support.api import Seat

LOGINS = {
    Role.OPERATOR: "operator",
    Role.DUTY_OFFICER: "duty",
    Role.SUPERVISOR: "supervisor",
    Role.OFFICER: "officer",
    Role.ADMINISTRATOR: "admin",
    Role.AUDITOR: "auditor",
}

PREFERRED = (
    Role.SUPERVISOR,
    Role.ADMINISTRATOR,
    Role.OFFICER,
    Role.AUDITOR,
    DeviceKind.TABLET,
    DeviceKind.POST,
    DeviceKind.CAMERA,
)
"""As whom a route is called, of those who may."""

FITTING: Mapping[str, dict[str, Any]] = {
    "AskVehicle": {"plate": "123ABC02"},
    "AskPerson": {"iin": "900101300000"},
    "TestMode": {"minutes": 5},
    "KeepRead": {"plate": "777ABC02"},
    "Write": {"text": "kept"},
}
"""Fields that the description does not say to be needed, since either of two is."""


TEXTS = {"code": "123456", "login": "somebody", "case_number": "26-7500-1/17", "to_region": "03"}
"""Of fields that have a form of their own."""
WORDS = {"{which}": "plate", "{zoom}": "6", "{x}": "44", "{y}.mvt": "22.mvt", "{viewer_id}": "nobody~1"}
"""What stands in a path and is no id of an object: which of two pictures, a part of the map, who looks."""
SDP = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"


@dataclass(frozen=True)
class Operation:
    """``body``: a JSON Schema, none where the route reads no JSON; ``gate``: who may call it; ``asks``: what
    the query must have; ``talks``: whether it reads SDP."""

    method: str
    path: str
    body: Mapping[str, Any] | None
    gate: Gate | PublicGate
    schemas: Mapping[str, Any] = field(repr=False)
    asks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    talks: bool = False

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    def caller(self) -> Role | DeviceKind | None:
        """One of those who may; none where anybody may."""
        if isinstance(self.gate, PublicGate):
            return None
        return next(each for each in PREFERRED if each in self.gate.allowed)

    def address(self, **ids: object) -> str:
        """The path with these ids in it, and new ones where none is given."""
        parts = [
            str(WORDS.get(part) or ids.get(part[1:-1], uuid4())) if part.startswith("{") else part
            for part in self.path.split("/")
        ]
        return "/".join(parts)

    def example(self) -> Any:
        """A body of the needed fields."""
        return None if self.body is None else self._value(self.body, "")

    def query(self) -> dict[str, Any]:
        """What the query must have."""
        return {name: self._value(schema, name) for name, schema in self.asks.items()}

    def sent(self) -> dict[str, Any]:
        """What goes with a request that fits."""
        if self.talks:
            content = {"content": SDP, "headers": {"Content-Type": "application/sdp"}}
            return content | {"params": self.query()}
        return {"json": self.example(), "params": self.query()}

    def needed(self) -> list[str]:
        """Fields that the body must have."""
        return list(self._resolved(self.body or {}).get("required", ()))

    def fields(self) -> set[str]:
        """Names that the body may have."""
        body = self._resolved(self.body or {})
        return set(body.get("properties", {}))

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema:
            schema = self.schemas.get(schema["$ref"].rsplit("/", 1)[1], {"type": "object", "properties": {}})
        return schema

    def _value(self, schema: Mapping[str, Any], name: str) -> Any:  # noqa: PLR0911 - a case for each type
        schema = self._resolved(schema)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        for choice in ("anyOf", "oneOf"):
            if choice in schema:
                return self._value(schema[choice][0], name)
        match schema.get("type"):
            case "object":
                own = FITTING.get(schema.get("title", ""), {})
                needed = [each for each in schema.get("required", ()) if each not in own]
                return {each: self._value(schema["properties"][each], each) for each in needed} | own
            case "array":
                return [self._value(schema["items"], name) for _ in range(schema.get("minItems", 0))]
            case "integer" | "number":
                return schema.get("minimum", 1)
            case "boolean":
                return True
        match schema.get("format"):
            case "uuid":
                return str(uuid4())
            case "date-time":
                return "2026-11-22T08:00:00Z"
            case "date":
                return "2026-11-22"
        return TEXTS.get(name, "x" * max(schema.get("minLength", 1), 1))


FOUND: list[Operation] = []


def operations(app: FastAPI) -> list[Operation]:
    """All of them, in the order of the description; the same for every application of a test process."""
    if not FOUND:
        FOUND.extend(_described(app))
    return FOUND


def _described(app: FastAPI) -> list[Operation]:
    described, gates = app.openapi(), declared(app)
    schemas = described["components"]["schemas"]
    found = []
    for path, methods in described["paths"].items():
        for method, said in methods.items():
            content = said.get("requestBody", {}).get("content", {})
            body = content.get("application/json", {}).get("schema")
            name = f"{method.upper()} {path}"
            asks = {
                each["name"]: each["schema"]
                for each in said.get("parameters", ())
                if each["in"] == "query" and each.get("required")
            }
            talks = "application/sdp" in content
            found.append(Operation(method.upper(), path, body, gates[name][0], schemas, asks, talks))
    return found


@dataclass
class Callers:
    """Seats of one application, each made when it is first needed."""

    api: Api
    seats: dict[Role | DeviceKind | None, Seat] = field(default_factory=dict)

    async def seat(self, of: Role | DeviceKind | None) -> Seat:
        if of not in self.seats:
            if of is None:
                self.seats[of] = self.api.anonymous()
            elif isinstance(of, Role):
                self.seats[of] = await self.api.login(LOGINS[of])
            else:
                unit = uuid4() if of is DeviceKind.TABLET else None
                self.seats[of] = (await self.api.device(of, unit_id=unit))[0]
        return self.seats[of]

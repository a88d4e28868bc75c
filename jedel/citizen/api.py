"""Routes for everybody: no account, no trace of who asked what. Each passes the guard first.

Bodies are read and answers written without FastAPI's own models: at a thousand questions a second these cost
more than PostgreSQL does.
"""

from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from jedel.access import StoreDep, public, store_of
from jedel.citizen import guard, model, reports, service
from jedel.citizen.addresses import client_key
from jedel.citizen.desk import Desk
from jedel.citizen.guard import Caller, Price
from jedel.citizen.proof import LIFE_S, Proof
from jedel.citizen.schemas import (
    About,
    AskImei,
    AskReport,
    AskVehicle,
    Challenge,
    ImeiAnswer,
    NewReport,
    ProofBody,
    Receipt,
    ReportStatus,
    VehicleHistory,
)
from jedel.jurisdictions import regions
from jedel.kernel.schema import Body

router = APIRouter(prefix="/api/citizen", tags=["citizen"])

BODY_BYTES_MAX = 4096
DEVICE_CHARS_MAX = 64
DEVICE_HEADER = "jedel-device"
PRICES = {"question": guard.QUESTION, "receipt": guard.RECEIPT, "report": guard.REPORT}

B = TypeVar("B", bound=Body)


def _described(body: type[Body], answer: type[Any]) -> dict[str, Any]:
    """What the API's description says of a route that reads its body itself."""
    schema = _whole(body.model_json_schema())
    return {
        "openapi_extra": {
            "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}
        },
        "response_model": answer,
        "dependencies": [public()],
    }


def _whole(schema: Any, parts: dict[str, Any] | None = None) -> Any:
    """A body's schema with its parts in their places: nobody else puts them among the description's own."""
    if isinstance(schema, list):
        return [_whole(each, parts) for each in schema]
    if not isinstance(schema, dict):
        return schema
    parts = parts or schema.get("$defs", {})
    if "$ref" in schema:
        return _whole(parts[schema["$ref"].rsplit("/", 1)[1]], parts)
    return {name: _whole(each, parts) for name, each in schema.items() if name != "$defs"}


async def _read(request: Request, body: type[B]) -> B:
    """The body, if it is one.

    Raises:
        HTTPException: it is bigger than any honest one.
        RequestValidationError: it is not what it should be.
    """
    raw = await request.body()
    if len(raw) > BODY_BYTES_MAX:
        raise HTTPException(413)
    try:
        return body.model_validate_json(raw)
    except ValidationError as fault:
        errors = [each | {"loc": ("body", *each["loc"])} for each in fault.errors(include_url=False)]
        raise RequestValidationError(errors) from fault


def _pass(request: Request, price: Price, proof: ProofBody | None) -> None:
    """Raises what the guard raises."""
    desk, now_s = desk_of(request), store_of(request).clock.now().timestamp()
    given = Proof(proof.challenge, proof.answer) if proof else None
    desk.guard.ask(caller_of(request, desk), price, given, now_s)


def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.citizen
    return desk


def caller_of(request: Request, desk: Desk) -> Caller:
    """Whose question it is: by address, and by what the page calls itself."""
    headers = request.headers
    peer = request.client.host if request.client else None
    device = headers.get(DEVICE_HEADER)
    if device is not None and len(device) > DEVICE_CHARS_MAX:
        device = None
    return Caller(client_key(peer, headers.getlist("x-forwarded-for"), desk.trusted), device)


def _json(content: bytes) -> Response:
    return Response(content, media_type="application/json", headers={"Cache-Control": "no-store"})


@router.post("/vehicle", **_described(AskVehicle, VehicleHistory))
async def vehicle(request: Request) -> Response:
    """What any buyer may know of a vehicle, by plate or VIN: never who owns it."""
    body = await _read(request, AskVehicle)
    if body.plate is not None:
        by, number = "plate", service.plate(body.plate)
    else:
        by, number = "vin", service.vin(body.vin or "")
    _pass(request, guard.QUESTION, body.proof)
    return _json(await service.vehicle(store_of(request), desk_of(request), by, number))


@router.post("/imei", **_described(AskImei, ImeiAnswer))
async def imei(request: Request) -> Response:
    """Whether a phone was reported lost or stolen. What is wrong with a number is said before anything is
    asked of the register."""
    body = await _read(request, AskImei)
    checked = model.imei(body.imei)
    _pass(request, guard.QUESTION, body.proof)
    return _json(await service.phone(store_of(request), desk_of(request), checked))


@router.post("/phone-reports", **_described(NewReport, Receipt), status_code=201)
async def report(request: Request, store: StoreDep) -> Response:
    """Report one's own phone lost or stolen; an officer approves it."""
    body = await _read(request, NewReport)
    checked = model.imei(body.imei)
    _pass(request, guard.REPORT, body.proof)
    made = await reports.take(store, desk_of(request).settings.regions, body, checked)
    answer = _json(Receipt(receipt=made.receipt, at=made.at).model_dump_json().encode())
    answer.status_code = 201
    return answer


@router.post("/phone-reports/status", **_described(AskReport, ReportStatus))
async def report_status(request: Request, store: StoreDep) -> Response:
    """What became of a report, by its receipt."""
    body = await _read(request, AskReport)
    receipt = model.receipt(body.receipt)
    _pass(request, guard.RECEIPT, body.proof)
    found = await reports.status(store, receipt)
    said = ReportStatus(state=found.state, at=found.at, decided_at=found.decided_at, reason=found.reason)
    return _json(said.model_dump_json().encode())


@router.get("/challenge", dependencies=[public()])
async def challenge(
    request: Request,
    store: StoreDep,
    response: Response,
    what: Annotated[Literal["question", "receipt", "report"], Query(alias="for")] = "question",
) -> Challenge:
    """Work to be done before a question is answered; ``needed`` says whether one costs any now."""
    desk, now_s = desk_of(request), store.clock.now().timestamp()
    address, price = caller_of(request, desk).address, PRICES[what]
    text, bits = desk.guard.challenge(address, price, now_s)
    needed = desk.guard.bits(address, price, now_s) > 0
    response.headers["Cache-Control"] = "no-store"
    return Challenge(challenge=text, bits=bits, needed=needed, expires_in_s=LIFE_S)


@router.get("/about", dependencies=[public()])
async def about(request: Request) -> About:
    """What the page has to know before it asks."""
    named = regions()
    return About(regions={code: named[code] for code in desk_of(request).settings.regions})

"""What matters first stands first, with where it comes from and how old it is."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from jedel.registers import model, views
from jedel.registers.model import Age, Kind, Origin, PhoneState, VehicleState
from jedel.registers.views import Weight

DAY = date(2026, 11, 22)
AT, LATER = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 10, tzinfo=UTC)
ORIGIN = Origin("МВД", AT, UUID(int=1), 2)
AGES = {kind: Age(kind, "МВД", AT, 1) for kind in Kind}
CAR = model.Vehicle(
    "123ABC02", None, "Aqquba", "One", "white", "car", 2015, VehicleState.REGISTERED, (), 0, ORIGIN
)
POLICY = model.Insurance("P", "123ABC02", "X", date(2026, 1, 1), date(2026, 12, 31), ORIGIN)
FINE = model.Fine("F", "123ABC02", None, "592", 21_625, date(2026, 1, 1), ORIGIN)
WANTED = model.WantedVehicle(
    "W", "123ABC02", None, "stolen", "УПК", "U", date(2026, 1, 1), date(2027, 1, 1), None,
    replace(ORIGIN, as_of=LATER, source="Угон"),
)  # fmt: skip
OWNER = model.Owner("123ABC02", "1", "Үлгі", date(2020, 1, 1), None, ORIGIN)
FORMER = replace(OWNER, until=date(2020, 1, 1))
RECORD = model.VehicleRecord("123ABC02", None, DAY, CAR, (FORMER, OWNER), (POLICY,), (), (), AGES)
PERMIT = model.WeaponPermit("G", "1", "gun", "hunting", date(2020, 1, 1), date(2030, 1, 1), ORIGIN)


def codes(parts: tuple[views.Part, ...]) -> list[str]:
    return [part.code for part in parts]


def test_a_car_in_order() -> None:
    assert codes(views.vehicle(RECORD)) == ["not_wanted", "vehicle", "insured", "owners"]
    assert RECORD.owner == OWNER
    assert replace(RECORD, owners=(FORMER,)).owner is None


def test_a_stolen_car_first_and_foremost() -> None:
    ended = replace(POLICY, until=date(2026, 11, 21))
    gone = replace(CAR, state=VehicleState.SCRAPPED, restrictions=("pledge",))
    parts = views.vehicle(replace(RECORD, vehicle=gone, insurance=(ended,), wanted=(WANTED,), fines=(FINE,)))
    assert codes(parts) == [
        "wanted", "vehicle_scrapped", "no_insurance", "restricted", "fines", "vehicle", "owners",
    ]  # fmt: skip
    assert parts[0].weight is Weight.DANGER
    assert (parts[0].source, parts[0].as_of) == ("Угон", LATER)
    assert parts[2].facts == (ended,)
    assert views.age_days(parts[0], DAY) == 12


def test_nothing_is_said_of_a_register_that_cannot_answer() -> None:
    nothing = replace(RECORD, vehicle=None, owners=(), insurance=(), wanted=(WANTED,))
    assert codes(views.vehicle(nothing)) == ["wanted", "not_registered", "no_insurance"]
    silent = replace(nothing, ages={Kind.WANTED_VEHICLES: AGES[Kind.WANTED_VEHICLES]})
    parts = views.vehicle(silent)
    assert codes(parts) == ["wanted", *["unavailable"] * 4]
    assert {part.kind for part in parts[1:]} == {Kind.VEHICLES, Kind.OWNERS, Kind.INSURANCE, Kind.FINES}
    assert views.age_days(parts[1], DAY) is None


def test_a_person_wanted_armed_fined() -> None:
    wanted = model.WantedPerson(
        "W", "1", None, "Үлгі", "court", "УПК", "U", date(2026, 1, 1), date(2027, 1, 1), None, ORIGIN
    )
    ended = replace(PERMIT, until=date(2026, 1, 1))
    record = model.PersonRecord("1", None, "Үлгі", DAY, (wanted,), (ended, PERMIT), (OWNER,), (FINE,), AGES)
    parts = views.person(record)
    assert codes(parts) == ["wanted", "weapon_permit", "weapon_permit_ended", "fines", "vehicles"]
    assert parts[1].facts == (PERMIT,)


def test_a_stolen_phone_before_a_lost_one() -> None:
    lost = model.Phone("1", PhoneState.LOST, DAY, "R", ORIGIN)
    record = model.PhoneRecord("1", (lost, replace(lost, state=PhoneState.STOLEN)), AGES)
    assert codes(views.phone(record)) == ["phone_stolen", "phone_lost"]


def test_that_nothing_is_known_is_said_where_a_register_can_say_it() -> None:
    nobody = model.PersonRecord("1", None, None, DAY, (), (), (), (), AGES)
    assert codes(views.person(nobody)) == ["not_wanted", "no_weapon_permit"]
    assert codes(views.phone(model.PhoneRecord("1", (), AGES))) == ["phone_clear"]
    assert codes(views.phone(model.PhoneRecord("1", (), {}))) == ["unavailable"]
    for part in views.person(nobody):
        assert (part.weight, part.source, part.as_of) == (Weight.CLEAR, "МВД", AT)


def test_a_share_of_rejects() -> None:
    assert not model.too_many_rejects(100, 10)
    assert model.too_many_rejects(100, 11)
    assert model.too_many_rejects(2, 2, share_max=1.0)
    assert not model.too_many_rejects(0, 0)

"""What citizens are answered about cars and phones."""

from pathlib import Path

import pytest

from jedel.registers.model import Kind
from tests.citizen.support import (
    CLEAR_PHONE,
    PHONE,
    SOURCE,
    UNKNOWN_PLATE,
    check_imei,
    check_plate,
    citizen,
    fill,
)
from tests.registers import make
from tests.support import Api


async def test_a_car_by_plate_and_by_vin(client: Api, tmp_path: Path) -> None:
    await fill(client.store, tmp_path)
    seat = citizen(client)
    said = (await check_plate(seat, "123 авс-02")).json()
    assert (said["by"], said["number"], said["known"]) == ("plate", "123ABC02", True)
    car = said["vehicle"]
    assert (car["make"], car["model"], car["year"], car["accidents"]) == ("Aqquba", "Demo 2", 2015, 1)
    assert said["owners"]["count"] == 1
    assert said["wanted"]["wanted"] is True
    assert {part["source"] for part in (car, said["owners"], said["wanted"])} == {SOURCE}
    assert said["unavailable"] == []
    by_vin = (await seat.post("/api/citizen/vehicle", json={"vin": make.VIN.lower()})).json()
    for own in ("by", "number", "checked_at"):
        said.pop(own)
        by_vin.pop(own)
    assert by_vin == said


async def test_a_car_that_nobody_knows(client: Api, tmp_path: Path) -> None:
    await fill(client.store, tmp_path)
    said = (await check_plate(citizen(client), UNKNOWN_PLATE)).json()
    assert (said["known"], said["vehicle"], said["owners"], said["wanted"]["wanted"]) == (
        False, None, None, False,
    )  # fmt: skip


async def test_a_wanted_plate_that_nobody_registered(client: Api, tmp_path: Path) -> None:
    await fill(client.store, tmp_path, Kind.WANTED_VEHICLES)
    said = (await check_plate(citizen(client), "123ABC02")).json()
    assert (said["known"], said["vehicle"], said["wanted"]["wanted"]) == (True, None, True)
    assert said["unavailable"] == ["vehicles", "owners"]


async def test_a_register_that_was_never_imported_is_unavailable(client: Api) -> None:
    seat = citizen(client)
    car = (await check_plate(seat, "123ABC02")).json()
    assert (car["known"], car["wanted"]) == (False, None)
    assert car["unavailable"] == ["vehicles", "owners", "wanted-vehicles"]
    assert (await check_imei(seat, CLEAR_PHONE)).json()["state"] == "unavailable"


@pytest.mark.parametrize("typed", [PHONE, f"{PHONE[:8]} {PHONE[8:14]}-{PHONE[14]}"])
async def test_a_stolen_phone(client: Api, tmp_path: Path, typed: str) -> None:
    await fill(client.store, tmp_path)
    said = (await check_imei(citizen(client), typed)).json()
    assert (said["imei"], said["state"], said["source"]) == (PHONE, "reported_stolen", SOURCE)
    assert said["since"] == "2026-02-02"


async def test_a_clear_phone_and_a_number_with_the_software_version(client: Api, tmp_path: Path) -> None:
    await fill(client.store, tmp_path)
    seat = citizen(client)
    said = (await check_imei(seat, CLEAR_PHONE)).json()
    assert (said["state"], said["software"], said["source"]) == ("clear", None, SOURCE)
    with_software = (await check_imei(seat, f"{PHONE[:14]}07")).json()
    assert (with_software["imei"], with_software["software"]) == (PHONE, "07")
    assert with_software["state"] == "reported_stolen"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("35209900176148x", "imei_not_digits"),
        ("3520990017614", "imei_length"),
        (f"{PHONE[:14]}{(int(PHONE[14]) + 1) % 10}", "imei_check_digit"),
        (make.imei("00209900176148"), "imei_for_tests"),
        (make.imei("77209900176148"), "imei_tac_unknown"),
    ],
)
async def test_what_is_wrong_with_an_imei_is_said(client: Api, typed: str, code: str) -> None:
    answer = await check_imei(citizen(client), typed)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_a_plate_and_a_vin_that_cannot_be(client: Api) -> None:
    seat = citizen(client)
    assert (await check_plate(seat, "ЖЖЖ")).json()["code"] == "citizen_plate_malformed"
    answer = await seat.post("/api/citizen/vehicle", json={"vin": "1M8GDM9AXKP04278"})
    assert answer.json()["code"] == "citizen_vin_malformed"


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{", 422),
        (b'{"plate":"123ABC02","vin":"1M8GDM9AXKP042788"}', 422),
        (b'{"plate":"123ABC02","owner":true}', 422),
        (b"{}", 422),
        (b'{"plate":"' + b"1" * 41 + b'"}', 422),
        (b'{"plate":"123ABC02"' + b" " * 4096 + b"}", 413),
        (b"[" * 4000, 422),
    ],
)
async def test_bodies_that_are_none(client: Api, content: bytes, status: int) -> None:
    answer = await citizen(client).post("/api/citizen/vehicle", content=content)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"

"""Trying to get round the guard: many addresses, invented ones, tasks used twice, forged, old, borrowed."""

from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from jedel.app.settings import Settings
from jedel.citizen.addresses import NOBODY, client_key, networks
from jedel.citizen.buckets import Buckets
from jedel.citizen.errors import ProofNeeded, ProofRefused, ProofUsed, TooManyQuestions
from jedel.citizen.guard import BITS_FIRST, BITS_MAX, QUESTION, REPORT, Caller, Guard, Limits
from jedel.citizen.proof import LIFE_S, Proof, Proofs, solved
from jedel.kernel.clock import ManualClock
from tests.citizen.support import PHONE, check_imei, check_plate, citizen
from tests.registers.make import plate
from tests.support import Api
from tests.support.api import Seat
from tests.support.app import application

HERE, THERE = b"here", b"there"
NOW = 1_800_000_000.0


def solve(challenge: str, bits: int) -> Proof:
    """By trying, as the page does."""
    tries = (Proof(challenge, str(number)) for number in count())
    return next(proof for proof in tries if solved(proof, bits))


async def worked(seat: Seat, what: str = "question") -> dict[str, str]:
    """A solved task for the body of a question."""
    task = await seat.ok("GET", f"/api/citizen/challenge?for={what}")
    proof = solve(task["challenge"], task["bits"])
    return {"challenge": proof.challenge, "answer": proof.answer}


def with_settings(client: Api, settings: Settings, **own: Any) -> Api:
    """The same installation, set otherwise."""
    assert client.app is not None
    app = application(settings.model_copy(update=own), client.store, client.app.state.nats)
    return Api(app, client.store)


async def harvest(seat: Seat, many: int, **more: Any) -> list[httpx.Response]:
    return [await check_plate(seat, plate(number), **more) for number in range(many)]


async def test_one_address_asks_ten_times_then_works_and_is_refused_in_the_end(
    client: Api, settings: Settings
) -> None:
    narrow = with_settings(client, settings, citizen_address_per_hour=52.0)  # 13 at once
    seat = citizen(narrow)
    answers = await harvest(seat, 11)
    assert [answer.status_code for answer in answers] == [200] * 10 + [428]
    assert answers[-1].json()["code"] == "proof_needed"
    for number in range(3):
        answer = await check_plate(seat, plate(number), proof=await worked(seat))
        assert answer.status_code == 200, answer.text
    refused = await check_plate(seat, "123ABC02", proof=await worked(seat))
    assert (refused.status_code, refused.json()["code"]) == (429, "citizen_too_many")
    assert 60 <= int(refused.headers["retry-after"]) <= 70
    assert (await check_imei(seat, PHONE)).status_code == 429, "another question is no way round"
    assert (await check_plate(citizen(narrow, "203.0.113.6"), "123ABC02")).status_code == 200


async def test_a_share_fills_up_again(client: Api, clock: ManualClock) -> None:
    seat = citizen(client)
    assert (await harvest(seat, 11))[-1].status_code == 428
    clock.advance(16)
    assert (await check_plate(seat, "123ABC02")).status_code == 200


async def test_an_invented_forwarded_address_is_not_believed(client: Api) -> None:
    seat = citizen(client)
    for number in range(10):
        assert (await check_plate(seat, plate(number))).status_code == 200
    for number in range(5):
        seat.headers["X-Forwarded-For"] = f"198.51.100.{number}"
        assert (await check_plate(seat, plate(number))).status_code == 428


@pytest.fixture
def proxied(settings: Settings, client: Api) -> Api:
    """The same behind a proxy of our own at 10.1.0.1."""
    return with_settings(client, settings, citizen_trusted_proxies="10.1.0.0/16, 10.9.9.9")


async def test_behind_our_proxy_the_address_is_the_one_that_it_saw(proxied: Api) -> None:
    seat = citizen(proxied, "10.1.0.1")
    for number in range(12):  # what the caller writes himself stands on the left
        seat.headers["X-Forwarded-For"] = f"198.51.100.{number}, 203.0.113.9"
        expected = 200 if number < 10 else 428
        assert (await check_plate(seat, plate(number))).status_code == expected
    seat.headers["X-Forwarded-For"] = "203.0.113.10, 10.9.9.9"
    assert (await check_plate(seat, "123ABC02")).status_code == 200


@pytest.mark.parametrize(
    ("peer", "forwarded", "key"),
    [
        ("203.0.113.5", [], bytes([203, 0, 113, 5])),
        ("203.0.113.5", ["1.2.3.4"], bytes([203, 0, 113, 5])),
        ("10.1.2.3", ["1.2.3.4"], bytes([1, 2, 3, 4])),
        ("10.1.2.3", ["9.9.9.9, 1.2.3.4", "10.1.7.7"], bytes([1, 2, 3, 4])),
        ("10.1.2.3", ["9.9.9.9, nonsense"], bytes([10, 1, 2, 3])),
        ("10.1.2.3", ["10.1.1.1"], bytes([10, 1, 1, 1])),
        ("::ffff:10.1.2.3", ["1.2.3.4"], bytes([1, 2, 3, 4])),
        ("2001:db8:1:2:3:4:5:6", [], bytes.fromhex("20010db800010002")),
        ("2001:db8:1:2:ffff::1", [], bytes.fromhex("20010db800010002")),
        ("testclient", ["1.2.3.4"], NOBODY),
        (None, ["1.2.3.4"], NOBODY),
    ],
)
def test_whose_address_it_is(peer: str | None, forwarded: list[str], key: bytes) -> None:
    assert client_key(peer, forwarded, networks("10.1.0.0/16")) == key


def test_a_setting_that_is_no_network_is_refused() -> None:
    with pytest.raises(ValueError, match="does not appear"):
        networks("10.1.0.0/16, proxy.example")


async def test_a_device_has_a_share_too(client: Api) -> None:
    seats = [citizen(client, f"203.0.113.{number}", **{"Jedel-Device": "one"}) for number in range(3)]
    statuses = [(await check_plate(seats[number % 3], plate(number))).status_code for number in range(21)]
    assert statuses == [200] * 20 + [429]
    fresh = citizen(client, "203.0.113.0", **{"Jedel-Device": "two"})
    assert (await check_plate(fresh, "123ABC02")).status_code == 200
    again = [
        (await check_plate(citizen(client, "203.0.113.0"), plate(number))).status_code for number in range(3)
    ]
    assert again == [200, 200, 428], "without a number the address's share holds"


async def test_a_solution_is_good_once(client: Api) -> None:
    seat = citizen(client)
    proof = await worked(seat)
    assert (await check_plate(seat, "123ABC02", proof=proof)).status_code == 200
    again = await check_plate(seat, "123ABC03", proof=proof)
    assert (again.status_code, again.json()["code"]) == (403, "proof_used")
    other = await check_imei(seat, PHONE, proof=proof)
    assert other.json()["code"] == "proof_used"


async def test_a_solution_of_another_address_is_refused(client: Api) -> None:
    proof = await worked(citizen(client, "203.0.113.77"))
    answer = await check_plate(citizen(client), "123ABC02", proof=proof)
    assert (answer.status_code, answer.json()["code"]) == (403, "proof_refused")


async def test_an_old_solution_is_refused(client: Api, clock: ManualClock) -> None:
    seat = citizen(client)
    proof = await worked(seat)
    clock.advance(LIFE_S + 1)
    assert (await check_plate(seat, "123ABC02", proof=proof)).json()["code"] == "proof_refused"


async def test_an_easier_task_does_not_pay_for_a_report(client: Api) -> None:
    seat = citizen(client)
    proof = await worked(seat)
    body = {
        "id": "01900000-0000-7000-8000-000000000000", "region": "00", "imei": PHONE, "state": "lost",
        "happened_on": "2026-11-01", "place": "Bus 12", "name": "Sample", "contact": "+7 700 000 00 00",
    }  # fmt: skip
    without = await seat.post("/api/citizen/phone-reports", json=body)
    assert (without.status_code, without.json()["code"]) == (428, "proof_needed")
    answer = await seat.post("/api/citizen/phone-reports", json=body | {"proof": proof})
    assert (answer.status_code, answer.json()["code"]) == (403, "proof_refused")


def proofs() -> Proofs:
    return Proofs(b"secret")


@pytest.mark.parametrize(
    "forge",
    [
        lambda proof: Proof(proof.challenge[:3] + "AAAA" + proof.challenge[7:], proof.answer),
        lambda proof: Proof(
            proof.challenge[:-1] + ("A" if proof.challenge[-1] != "A" else "B"), proof.answer
        ),
        lambda proof: Proof(proof.challenge[:39], proof.answer),
        lambda proof: Proof("é" * 40, proof.answer),
        lambda proof: Proof("=" * 40, proof.answer),
        lambda proof: Proof(proof.challenge, proof.answer + "x"),
        lambda proof: Proof(proof.challenge, "é"),
        lambda proof: Proof(proof.challenge, "1" * 21),
        lambda proof: Proof(Proofs(b"another").challenge(HERE, 8, NOW), proof.answer),
    ],
)
def test_forged_solutions(forge: Any) -> None:
    ours = proofs()
    proof = solve(ours.challenge(HERE, 12, NOW), 12)
    with pytest.raises(ProofRefused):
        ours.judge(forge(proof), HERE, 8, NOW)
    ours.judge(proof, HERE, 8, NOW)


def test_a_task_that_is_too_easy_now() -> None:
    ours = proofs()
    proof = solve(ours.challenge(HERE, 4, NOW), 4)
    with pytest.raises(ProofRefused):
        ours.judge(proof, HERE, 5, NOW)
    with pytest.raises(ProofRefused):
        ours.judge(proof, THERE, 4, NOW)
    ours.judge(proof, HERE, 4, NOW)


def test_what_was_used_is_known_as_long_as_it_lives() -> None:
    ours = proofs()
    late = solve(ours.challenge(HERE, 4, NOW + LIFE_S - 1), 4)
    ours.judge(late, HERE, 4, NOW + LIFE_S - 1)
    for after in (1, LIFE_S / 2, LIFE_S - 2):
        fresh = solve(ours.challenge(HERE, 4, NOW + LIFE_S + after), 4)
        ours.judge(fresh, HERE, 4, NOW + LIFE_S + after)
        with pytest.raises(ProofUsed):
            ours.judge(late, HERE, 4, NOW + LIFE_S + after)
    with pytest.raises(ProofRefused):
        ours.judge(late, HERE, 4, NOW + 2 * LIFE_S + 1)


def test_more_solutions_than_can_be_remembered_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jedel.citizen.proof.USED_MAX", 2)
    ours = proofs()
    for _ in range(2):
        ours.judge(solve(ours.challenge(HERE, 2, NOW), 2), HERE, 2, NOW)
    with pytest.raises(TooManyQuestions):
        ours.judge(solve(ours.challenge(HERE, 2, NOW), 2), HERE, 2, NOW)
    ours.judge(solve(ours.challenge(HERE, 2, NOW + 3 * LIFE_S), 2), HERE, 2, NOW + 3 * LIFE_S)


def test_two_processes_with_one_secret_take_each_others_tasks() -> None:
    proof = solve(proofs().challenge(HERE, 6, NOW), 6)
    proofs().judge(proof, HERE, 6, NOW)


def test_everybody_works_under_load_and_more_the_more_there_is() -> None:
    guard = Guard(b"secret", Limits(calm_per_s=20))
    asked: dict[float, int] = {}
    for number in range(1000):
        now = NOW + number / 200
        try:
            guard.ask(Caller(number.to_bytes(4, "big"), None), QUESTION, None, now)
        except ProofNeeded as needed:
            asked.setdefault(float(str(needed.params["bits"])), number)
    assert sorted(asked) == [BITS_FIRST, BITS_FIRST + 1, BITS_FIRST + 2]
    assert list(asked.values()) == sorted(asked.values()), "first easy, then harder"
    assert guard.bits(b"new", QUESTION, NOW + 5) >= BITS_FIRST
    assert guard.bits(b"new", QUESTION, NOW + 60) == 0, "calm again"
    assert guard.bits(b"new", REPORT, NOW + 60) == REPORT.bits


def test_nobody_is_asked_for_more_than_a_phone_can_do() -> None:
    guard = Guard(b"secret", Limits(calm_per_s=0.001))
    with pytest.raises(ProofNeeded) as needed:
        guard.ask(Caller(HERE, None), QUESTION, None, NOW)
    assert needed.value.params["bits"] == BITS_MAX


def test_four_processes_give_a_quarter_each_and_ask_two_bits_more() -> None:
    guard = Guard(b"secret", Limits(processes=4, free=8, address_per_hour=240, address_burst=60))
    for _ in range(2):
        guard.ask(Caller(HERE, None), QUESTION, None, NOW)
    with pytest.raises(ProofNeeded) as needed:
        guard.ask(Caller(HERE, None), QUESTION, None, NOW)
    assert needed.value.params["bits"] == BITS_FIRST + 2
    assert guard.addresses.burst == 15
    assert guard.addresses.token_s == 60


def test_who_is_refused_loses_nothing() -> None:
    guard = Guard(b"secret", Limits(free=1))
    guard.ask(Caller(HERE, "d"), QUESTION, None, NOW)
    before = guard.addresses.taken(HERE, NOW)
    for _ in range(100):
        with pytest.raises(ProofNeeded):
            guard.ask(Caller(HERE, "d"), QUESTION, None, NOW)
    assert guard.addresses.taken(HERE, NOW) == before


def test_a_million_addresses_do_not_fill_the_memory() -> None:
    buckets = Buckets(per_hour=3600, burst=10, kept_max=1000)
    for number in range(20_000):
        buckets.take(number.to_bytes(4, "big"), 1, NOW + number / 100_000)
        assert len(buckets) <= 1000
    newest = (19_999).to_bytes(4, "big")
    assert buckets.taken(newest, NOW + 0.2) > 0.9
    assert buckets.taken(HERE, NOW) == 0


def test_full_buckets_are_forgotten_before_those_in_use() -> None:
    buckets = Buckets(per_hour=3600, burst=10, kept_max=3)
    buckets.take(b"long", 10, NOW)
    buckets.take(b"full", 1, NOW)
    buckets.take(b"used", 10, NOW)
    buckets.take(b"new", 1, NOW + 2)
    assert len(buckets) == 3
    assert buckets.taken(b"long", NOW + 2) == 8
    assert buckets.wait_s(b"long", 5, NOW + 2) == 3


async def test_the_secret_is_made_once_and_is_nobody_elses(client: Api, settings: Settings) -> None:
    await citizen(client).ok("GET", "/api/citizen/challenge")
    file: Path = settings.data_dir / "citizen.key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(file.read_bytes()) == 32

"""Registers that are fed live: what a source does, however badly, never harms what is in force."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from jedel.registers import repository
from jedel.registers.connectors import asking, config, model, service
from jedel.registers.connectors import repository as standings
from jedel.registers.connectors.service import pull
from jedel.registers.errors import ConnectorsUnreadable
from jedel.registers.jobs import ask_sources, jobs
from jedel.registers.model import Kind
from tests.registers.make import plate
from tests.support.register_source import RegisterSource, running

FILE = """
[[source]]
name = "insurers"
kind = "insurance"
protocol = "rest"
url = "{url}/changes"
source = "Insurers' pool"
rows = "data.items"
position = "data.last"
more = "data.more"
as_of = "data.at"
page = 2
every_s = 60
timeout_s = 20
token_file = "{token}"
columns = {{ policy = "number", plate = "car.plate", insurer = "by", since = "from", until = "to" }}

[[source]]
name = "fines"
kind = "fines"
protocol = "soap"
url = "{url}/fines.wsdl"
operation = "Changes"
source = "Traffic police"
rows = "fine"
position = "last"
as_of = "at"
timeout_s = 20
columns = {{ notice = "no", plate = "grnz", article = "article", amount_tenge = "sum", issued = "day" }}
"""
AT = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.fixture
async def office() -> AsyncIterator[RegisterSource]:
    async with running() as source:
        yield source


@pytest.fixture(autouse=True)
def _no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "PAUSE_S", 0.01)


@pytest.fixture
def described(office: RegisterSource, tmp_path: Path, clock: ManualClock) -> dict[str, config.Source]:
    token = tmp_path / "token"
    token.touch(mode=0o600)
    token.write_text("s3cret\n")
    file = tmp_path / "sources.toml"
    file.write_text(FILE.format(url=office.url, token=token))
    clock.advance((AT + timedelta(minutes=1) - clock.now()).total_seconds())
    return {source.name: source for source in config.read(file)}


def policy(number: int, **changes: object) -> dict[str, Any]:
    row = {"number": f"P{number}", "car": {"plate": plate(number)}, "by": "Aqquba Insurance"}
    return row | {"from": "2026-01-01", "to": "2026-12-31"} | changes


async def insured(store: Store, number: int) -> list[str]:
    async with store.reading() as tx:
        found = await repository.vehicle(tx.conn, plate=plate(number), day=date(2026, 11, 22))
    return [each.policy for each in found.insurance] if found else []


async def standing(store: Store, name: str = "insurers") -> model.Standing:
    async with store.reading() as tx:
        return await standings.find(tx.conn, name)


async def entries(store: Store) -> list[str]:
    async with store.reading() as tx:
        cursor = await tx.conn.execute("SELECT kind FROM journal WHERE kind LIKE 'registers.%' ORDER BY seq")
        return [row["kind"].removeprefix("registers.") for row in await cursor.fetchall()]


async def test_what_changed_comes_in_page_by_page_and_the_mirror_says_its_age(
    store: Store,
    clock: ManualClock,
    office: RegisterSource,
    described: dict[str, config.Source],
    tmp_path: Path,
) -> None:
    source = described["insurers"]
    office.rows = [policy(number) for number in range(1, 6)]
    after = await pull(store, source, tmp_path / "in")
    assert (after.position, after.current_at, after.failures) == ("5", AT, 0)
    assert [each.get("since") for each in office.asked] == [None, "2", "4"]
    assert {each["auth"] for each in office.asked} == {"Bearer s3cret"}
    assert await insured(store, 5) == ["P5"]
    assert list((tmp_path / "in").iterdir()) == []

    assert await pull(store, source, tmp_path / "in") == after, "not due yet"
    assert len(office.asked) == 3
    clock.advance(61)
    office.at = "2026-11-22T10:01:30+00:00"
    await pull(store, source, tmp_path / "in")
    async with store.reading() as tx:
        ages = (await repository.in_force(tx.conn)).ages
    assert ages[Kind.INSURANCE].as_of == AT + timedelta(seconds=90), "nothing new, and that is known"
    assert ages[Kind.INSURANCE].source == "Insurers' pool"

    clock.advance(61)
    office.rows.append(policy(1, to="2026-11-01"))
    await pull(store, source, tmp_path / "in")
    assert await entries(store) == ["imported"] * 4


async def test_soap_by_its_wsdl(
    store: Store, office: RegisterSource, described: dict[str, config.Source], tmp_path: Path
) -> None:
    fine = {"no": "N-1", "grnz": plate(1), "article": "592 <1>", "sum": 39_320, "day": "2026-11-01"}
    office.rows = [fine, fine | {"no": "N-2", "sum": 7864}]
    after = await pull(store, described["fines"], tmp_path)
    assert (after.position, after.current_at, after.error) == ("2", AT, None)
    async with store.reading() as tx:
        found = await repository.vehicle(tx.conn, plate=plate(1))
    assert found is not None
    assert {(each.notice, each.amount_tenge, each.article) for each in found.fines} == {
        ("N-1", 39_320, "592 <1>"),
        ("N-2", 7_864, "592 <1>"),
    }


@pytest.mark.parametrize(
    ("fault", "said", "tries"),
    [
        ("503", "answers 503", 3),
        ("429", "answers 429", 3),
        ("404", "answers 404", 1),
        ("302", "answers 302", 1),
        ("slow", "no answer in 1 s", 3),
        ("html", "no JSON", 1),
        ("shape", "data.items: no list", 1),
    ],
)
async def test_a_source_that_fails_changes_nothing_and_is_left_alone_for_a_while(
    store: Store,
    clock: ManualClock,
    office: RegisterSource,
    described: dict[str, config.Source],
    tmp_path: Path,
    fault: str,
    said: str,
    tries: int,
) -> None:
    source = described["insurers"]
    office.rows = [policy(1)]
    await pull(store, source, tmp_path)
    office.fault, office.asked = fault, []
    clock.advance(61)
    hasty = source.model_copy(update={"timeout_s": 1.0}) if fault == "slow" else source
    after = await pull(store, hasty, tmp_path)
    assert said in (after.error or "")
    assert len(office.asked) == tries
    assert (after.failures, after.position, after.current_at) == (1, "1", AT)
    assert await insured(store, 1) == ["P1"]


async def test_the_circuit_opens_and_closes_and_both_are_on_record(
    store: Store,
    clock: ManualClock,
    office: RegisterSource,
    described: dict[str, config.Source],
    tmp_path: Path,
) -> None:
    source = described["insurers"]
    office.fault = "404"
    for _ in range(model.FAILURES_OPEN):
        clock.advance(61)
        await pull(store, source, tmp_path)
    assert len(office.asked) == model.FAILURES_OPEN
    assert await entries(store) == ["source_lost"]
    clock.advance(59)
    await pull(store, source, tmp_path)
    assert len(office.asked) == model.FAILURES_OPEN, "it is left alone"
    clock.advance(2)
    await pull(store, source, tmp_path)
    office.fault, office.rows = None, [policy(1)]
    clock.advance(121)
    after = await pull(store, source, tmp_path)
    assert (after.failures, after.open, after.again_at) == (0, False, None)
    assert await entries(store) == ["source_lost", "imported", "source_back"]


async def test_rows_that_are_no_good_do_not_move_the_place(
    store: Store, office: RegisterSource, described: dict[str, config.Source], tmp_path: Path
) -> None:
    office.rows = [policy(1), policy(2, to="never")]
    after = await pull(store, described["insurers"], tmp_path)
    assert "register_too_many_rejects" in (after.error or "")
    assert (after.position, await insured(store, 1)) == (None, [])
    leftovers = [each.name for each in tmp_path.iterdir() if each.suffix == ".csv"]
    assert leftovers == ["insurers.csv.rejects.csv"], "lines and reasons stay for whoever mends it"


async def test_a_page_that_was_in_force_before_a_crash_comes_again_and_harms_nothing(
    store: Store, office: RegisterSource, described: dict[str, config.Source], tmp_path: Path
) -> None:
    office.rows = [policy(1)]
    await pull(store, described["insurers"], tmp_path)
    async with store.transaction() as tx:
        await tx.conn.execute("DELETE FROM register_connector")  # as if the step after the import was lost
    after = await pull(store, described["insurers"], tmp_path)
    assert (after.position, await insured(store, 1)) == ("1", ["P1"])
    assert await entries(store) == ["imported"]


async def test_a_source_that_never_ends_gives_the_others_their_turn(
    store: Store,
    office: RegisterSource,
    described: dict[str, config.Source],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(service, "PAGES_MAX", 5)
    office.rows = [policy(number) for number in range(1, 13)]
    after = await pull(store, described["insurers"], tmp_path)
    assert len(office.asked) == 5
    assert (after.current_at, after.asked_at) == (None, None), "not current, and due at once"
    again = await pull(store, described["insurers"], tmp_path)
    assert (again.position, again.current_at) == ("12", AT)


async def test_a_whole_register_without_a_row_is_a_fault_of_the_source(
    store: Store, office: RegisterSource, described: dict[str, config.Source], tmp_path: Path
) -> None:
    source = described["insurers"]
    whole = source.model_copy(update={"whole": True, "position": None, "more": None})
    office.rows = [policy(1), policy(2)]
    await pull(store, whole, tmp_path)
    office.rows = []
    async with store.transaction() as tx:
        await tx.conn.execute("UPDATE register_connector SET asked_at = NULL")
    after = await pull(store, whole, tmp_path)
    assert "without a row" in (after.error or "")
    assert await insured(store, 2) == ["P2"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("insurance", "insurances"), "kind"),
        (('plate = "car.plate"', 'number_plate = "x"'), "no column number_plate"),
        (('operation = "Changes"\n', ""), "soap needs one"),
        (('name = "fines"', 'name = "insurers"'), "two sources of one name"),
        (('more = "data.more"', 'more = "data.more"\nwhole = true'), "whole register"),
        (("timeout_s = 20", "timeout = 1"), "timeout"),
        (("[[source]]", "[[source]"), "Expected"),
    ],
)
def test_a_faulty_description_says_what_is_wrong(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    file = tmp_path / "sources.toml"
    file.write_text(FILE.format(url="http://127.0.0.1:9", token="t").replace(*change, 1))
    with pytest.raises(ConnectorsUnreadable) as refused:
        config.read(file)
    assert said in str(refused.value.params["reason"])


def test_a_secret_that_others_may_read_is_refused(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("s3cret")
    token.chmod(0o640)
    with pytest.raises(ConnectorsUnreadable) as refused:
        config.private_text(token)
    assert "chmod 600" in str(refused.value.params["reason"])
    with pytest.raises(ConnectorsUnreadable):
        config.private_text(tmp_path / "missing")


async def test_the_job_asks_every_source_that_is_described(
    store: Store, office: RegisterSource, described: dict[str, config.Source], tmp_path: Path
) -> None:
    office.fault = "404"
    await ask_sources(store, tmp_path / "sources.toml", tmp_path / "in")
    assert {name: (await standing(store, name)).failures for name in described} == {"insurers": 1, "fines": 1}
    assert jobs(store, None, tmp_path) == ()
    assert [job.name for job in jobs(store, tmp_path / "sources.toml", tmp_path)] == ["registers.sources"]


def test_an_answer_is_read_by_its_description() -> None:
    shape = model.Shape("a.rows", {"plate": "p", "note": "n.m"}, "a.next", "a.at", "a.more")
    answer = {"a": {"rows": [{"p": ["1", 2], "n": {"m": None}}], "next": 7, "at": AT, "more": "yes"}}
    page = model.page_of(answer, shape)
    assert page == model.Page([{"plate": "1; 2", "note": ""}], "7", AT, more=False)
    assert model.page_of({}, model.Shape("x", {})) == model.Page([], None, None, more=False)
    assert model.page_of([{"p": 1}], model.Shape("", {"plate": "p"})).rows == [{"plate": "1"}]
    for wrong in (
        {"a": {"rows": [{"p": {"deep": 1}}], "at": AT}},
        {"a": {"rows": [1], "at": AT}},
        {"a": {"rows": [], "at": "yesterday"}},
        {"a": {"rows": [], "at": "2026-11-22T10:00:00"}},
    ):
        with pytest.raises(model.NotUnderstood):
            model.page_of(wrong, shape)


def test_pauses_double_up_to_the_last() -> None:
    now, every = AT, timedelta(seconds=1)
    standing = model.Standing()
    pauses = []
    for _ in range(12):
        standing = standing.failed(now, every, "x" * 1000)
        assert standing.again_at is not None
        pauses.append((standing.again_at - now).total_seconds())
    assert pauses == [1, 1, 1, 1, 60, 120, 240, 480, 900, 900, 900, 900]
    assert len(standing.error or "") == model.ERROR_MAX
    assert not standing.due(now + timedelta(seconds=899), every)
    assert standing.due(now + timedelta(seconds=900), every)
    older = model.Standing(current_at=now).succeeded(now, None, now - timedelta(hours=1), more=False)
    assert older.current_at == now

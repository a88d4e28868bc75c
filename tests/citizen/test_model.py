"""Decisions about numbers, words, receipts and reports."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jedel.citizen import model
from jedel.citizen.errors import HiddenUntil, ReceiptMalformed, ReportDecided, ReportOfTheFuture, WrongReason
from jedel.citizen.model import Reason, Report, ReportState
from jedel.jurisdictions import CitizenRetention, restriction_words
from jedel.registers.model import PhoneState

DAY = date(2026, 11, 22)


@given(st.integers(0, 10**12 - 1))
def test_a_receipt_is_found_again_however_it_is_said(number: int) -> None:
    receipt = model.receipt_of(number)
    assert model.receipt(f"{receipt[:3]} {receipt[3:6]}-{receipt[6:9]}.{receipt[9:]}") == receipt


@given(st.integers(0, 10**12 - 1), st.integers(0, 12), st.integers(1, 9))
def test_every_wrong_digit_is_found(number: int, place: int, more: int) -> None:
    receipt = model.receipt_of(number)
    wrong = receipt[:place] + str((int(receipt[place]) + more) % 10) + receipt[place + 1 :]
    with pytest.raises(ReceiptMalformed):
        model.receipt(wrong)


@given(st.integers(0, 10**12 - 1), st.integers(0, 11))
def test_every_swap_of_neighbours_is_found(number: int, place: int) -> None:
    receipt = model.receipt_of(number)
    swapped = receipt[:place] + receipt[place + 1] + receipt[place] + receipt[place + 2 :]
    if swapped == receipt:
        return
    with pytest.raises(ReceiptMalformed):
        model.receipt(swapped)


@pytest.mark.parametrize("typed", ["", "123", "١" * 13, "12345678901a3"])
def test_what_is_no_receipt(typed: str) -> None:
    with pytest.raises(ReceiptMalformed):
        model.receipt(typed)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (None, []),
        ("", []),
        (" ; ", []),
        ("court arrest; pledge", ["pledge", "arrest"]),
        ("Залог в пользу Иванова И. И.", ["pledge"]),
        ("Сот тыйым салды", ["arrest"]),
        ("Запрет регистрационных действий", ["registration_ban"]),
        ("Тіркеуге тыйым салынған", ["registration_ban"]),
        ("900101300001; 900101300002", ["other"]),
        ("something; залог", ["pledge", "other"]),
    ],
)
def test_restrictions_are_words_of_a_closed_list(text: str | None, codes: list[str]) -> None:
    assert model.restrictions(text, restriction_words()) == codes


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (None, None),
        ("Aqquba", "Aqquba"),
        ("2107", "2107"),
        ("CX-30 2.0", "CX-30 2.0"),
        ("white 900101300001", None),
        ("90 01 01 300 001", None),
        ("tel 8-700-123-45-67", None),
    ],
)
def test_a_number_of_somebody_in_a_text_hides_the_text(text: str | None, shown: str | None) -> None:
    assert model.plain(text) == shown


@pytest.mark.parametrize("days", [0, -1, 1, -1094])
def test_days_on_which_it_may_have_happened(days: int) -> None:
    model.happened(DAY + timedelta(days=days), DAY)


@pytest.mark.parametrize("days", [2, -1096])
def test_days_on_which_it_did_not(days: int) -> None:
    with pytest.raises(ReportOfTheFuture):
        model.happened(DAY + timedelta(days=days), DAY)


def test_nothing_is_hidden_for_ever() -> None:
    model.hidden_until(DAY, DAY)
    model.hidden_until(DAY + timedelta(days=366), DAY)
    for days in (-1, 367):
        with pytest.raises(HiddenUntil):
            model.hidden_until(DAY + timedelta(days=days), DAY)


def report(state: ReportState) -> Report:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    return Report(
        UUID(int=1), "00", "1", at, None, PhoneState.LOST, DAY, None, None, None, state, None, None, None
    )


def test_a_decision_and_its_reason() -> None:
    waiting, approved = report(ReportState.WAITING), report(ReportState.APPROVED)
    assert model.decided(waiting, ReportState.APPROVED, Reason.CALLED_BACK) is False
    assert model.decided(waiting, ReportState.REFUSED, Reason.TWICE) is False
    assert model.decided(approved, ReportState.APPROVED, Reason.CALLED_BACK) is True
    with pytest.raises(ReportDecided):
        model.decided(approved, ReportState.REFUSED, Reason.TWICE)
    with pytest.raises(WrongReason):
        model.decided(waiting, ReportState.APPROVED, Reason.TWICE)
    with pytest.raises(WrongReason):
        model.decided(waiting, ReportState.REFUSED, Reason.DOCUMENTS_SEEN)


def test_the_rule_of_its_day() -> None:
    old = CitizenRetention(date(2026, 1, 1), 30, 90)
    new = CitizenRetention(date(2027, 1, 1), 10, 20)
    assert model.retention([old, new], date(2026, 6, 1)) is old
    assert model.retention([old, new], date(2027, 1, 1)) is new
    assert model.retention([old, new], date(2020, 1, 1)) is old

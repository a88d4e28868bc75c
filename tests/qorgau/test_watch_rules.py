"""The closed list of legal grounds, and that nothing else can come into it; rows for workers. Pure."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import orjson
import pytest

from jedel.qorgau.model import CODES, COMPUTED, LISTED, Action, ActionNumber, Ground, codes
from jedel.qorgau.watch import rows, rules
from jedel.qorgau.watch.rules import LegalKind, grounds_of, legal_grounds, settings_on

FORBIDDEN = (
    "opinion", "politic", "protest", "rally", "meeting", "religio", "belief", "ethnic", "nation", "party",
    "union", "journalist", "activis", "orientation", "мнени", "полит", "митинг", "протест", "религи", "вера",
    "национал", "парти", "профсоюз", "журналист", "активист", "пікір", "саяси", "наразылық", "дін", "ұлт",
)  # fmt: skip
"""What a car may never be looked for, in the words by which somebody would write it into the list."""

GOOD: dict[str, Any] = {
    "code": "x", "ground": "wanted", "kind": "crime", "needs": "case", "max_days": 10, "actions": ["stop"],
    "from": "2026-01-01", "until": None, "law": None, "names": {"kk": "x", "ru": "x", "en": "x"},
}  # fmt: skip


def test_the_list_has_none_of_the_forbidden_kinds() -> None:
    for ground in legal_grounds().values():
        said = " ".join((ground.code, *(ground.law or {}).values(), *ground.names.values())).lower()
        assert not [word for word in FORBIDDEN if word in said], ground.code
        assert ground.kind in LegalKind
    assert {kind.value for kind in LegalKind} == {"crime", "search", "missing", "court", "road", "plate"}


def test_every_ground_is_whole() -> None:
    for ground in legal_grounds().values():
        assert set(ground.names) == {"kk", "ru", "en"}
        assert ground.law is None or set(ground.law) == {"kk", "ru", "en"}
        assert 0 < ground.max_days <= 365
        assert ground.ground in LISTED
        assert ground.actions <= set(Action)
        assert ground.needs in {"case", "incident", "either"}
    assert {ground.ground for ground in legal_grounds().values()} == set(LISTED)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "opinion"},
        {"kind": "group"},
        {"kind": ""},
        {"ground": "two_places"},
        {"ground": "of a group"},
        {"max_days": 366},
        {"max_days": 0},
        {"actions": []},
        {"actions": ["arrest"]},
    ],
)
def test_a_list_with_what_no_list_may_have_is_not_read(change: dict[str, Any]) -> None:
    assert set(grounds_of([GOOD])) == {"x"}
    with pytest.raises((ValueError, KeyError)):
        grounds_of([GOOD | change])


def test_a_ground_stands_once_and_on_its_days() -> None:
    with pytest.raises(ValueError, match="twice"):
        grounds_of([GOOD, GOOD])
    ground = grounds_of([GOOD | {"until": "2026-06-30"}])["x"]
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1)]
    assert [ground.valid(day) for day in days] == [False, True, True, False]
    assert grounds_of([GOOD])["x"].valid(date(2099, 1, 1))


def test_settings_are_dated() -> None:
    row = orjson.loads(orjson.dumps(rules._data()["settings"][0]))
    later = row | {"from": "2027-01-01", "systematic": row["systematic"] | {"count": 9}}
    old, new = rules.settings_of([later, row])
    assert (old.since, new.since) == (date(2026, 1, 1), date(2027, 1, 1))
    assert (old.systematic.count, new.systematic.count) == (5, 9)
    assert settings_on(date(2000, 1, 1)) == settings_on(date(2026, 5, 5))
    assert set(settings_on(date(2026, 5, 5)).action) == {Ground.WANTED, *COMPUTED}


def test_codes_of_bits() -> None:
    assert codes(Ground.WANTED | Ground.IMPOSSIBLE_PLATE) == ("wanted", "impossible_plate")
    assert codes(0) == ()
    assert len(CODES) == 9


def raw(*reasons: tuple[str, Ground, ActionNumber, int, UUID | None]) -> bytes:
    found = np.zeros(len(reasons), dtype=rows.RAW)
    for nth, (plate, ground, action, until, entry) in enumerate(reasons):
        found[nth] = (plate.ljust(12), ground, action, until, np.void(entry.bytes if entry else bytes(16)))
    return found.tobytes()


def test_reasons_fold_by_plate() -> None:
    stop, observe, inform = uuid4(), uuid4(), uuid4()
    folded = rows.fold(
        raw(
            ("777ABC02", Ground.UNINSURED, ActionNumber.STOP, rows.ALWAYS, None),
            ("001AAA01", Ground.WANTED, ActionNumber.INFORM, 20_000, inform),
            ("777ABC02", Ground.DEPARTMENT, ActionNumber.OBSERVE, 20_005, observe),
            ("001AAA01", Ground.WANTED, ActionNumber.STOP, 20_001, stop),
            ("!", Ground.WANTED, ActionNumber.STOP, 20_001, stop),
        )
    )
    assert folded.dtype == rows.WATCH
    assert list(folded["plate"]) == sorted(folded["plate"])
    assert [UUID(bytes=each["entry"].tobytes()) for each in folded] == [stop, observe]
    assert [(int(each["grounds"]), int(each["action"]), int(each["until_day"])) for each in folded] == [
        (Ground.WANTED, ActionNumber.STOP, 20_000),
        (Ground.UNINSURED | Ground.DEPARTMENT, ActionNumber.STOP, 20_005),
    ]


def test_nothing_folds_to_nothing() -> None:
    assert len(rows.fold(b"")) == 0
    assert len(rows.fold(raw(("-", Ground.WANTED, ActionNumber.STOP, 1, None)))) == 0
    assert len(rows.known(b"")) == 0

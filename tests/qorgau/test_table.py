"""The hash table against a dict."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jedel.qorgau.matching.table import LOAD_MAX, Table, hashed

RECORD = np.dtype([("n", "<i4"), ("more", "<u1")])

few = st.lists(st.integers(1, 60), max_size=40)
steps = st.lists(st.tuples(st.sampled_from(["put", "remove", "find"]), few), max_size=30)


def _records(numbers: list[int]) -> np.ndarray:
    made = np.zeros(len(numbers), RECORD)
    made["n"], made["more"] = numbers, [n % 200 for n in numbers]
    return made


@settings(deadline=None)
@given(steps)
def test_it_is_a_dict(done: list[tuple[str, list[int]]]) -> None:
    # The smallest table there is: two buckets at first, so keys meet, go on, and it grows.
    table, number = Table(RECORD), 0
    truth: dict[int, int] = {}
    for step, wanted in done:
        keys = np.array(wanted, np.int64)
        if step == "put":
            values = list(range(number, number + len(wanted)))
            number += len(wanted)
            slots = table.put(keys, _records(values))
            truth.update(zip(wanted, values, strict=True))
            assert table.take(slots)["n"].tolist() == [truth[key] for key in wanted]
        elif step == "remove":
            gone = {key for key in wanted if truth.pop(key, None) is not None}
            assert table.remove(keys) == len(gone)
        slots = table.find(keys)
        assert (slots >= 0).tolist() == [key in truth for key in wanted]
        assert table.take(slots[slots >= 0])["n"].tolist() == [truth[key] for key in wanted if key in truth]
        assert len(table) == len(truth)
        assert sorted(table.keys.tolist()) == sorted(truth)


def test_a_full_run_of_buckets_goes_round_the_end() -> None:
    table = Table(RECORD, room=11)
    last = np.array([key for key in range(1, 400) if hashed(np.array([key]))[0] >> np.uint64(63)][:11])
    table.put(last, _records(last.tolist()))
    assert table.take(table.find(last))["n"].tolist() == last.tolist()
    assert (table.find(last + 1_000) == -1).all()


def test_many() -> None:
    dice = np.random.default_rng(4)
    keys = np.unique(dice.integers(1, 2**62, 300_000))
    table = Table(RECORD, room=len(keys))
    before = table.bytes
    table.put(keys, _records(list(range(len(keys)))))
    assert table.bytes == before, "a table made with room enough does not grow"
    assert table.bytes <= len(keys) / LOAD_MAX * 2 * (8 + RECORD.itemsize + 1)
    assert (table.take(table.find(keys))["n"] == np.arange(len(keys))).all()
    assert (table.find(dice.integers(1, 2**62, 100_000)) == -1).mean() > 0.999
    assert table.remove(keys[::2]) == len(keys[::2])
    assert (table.find(keys[::2]) == -1).all()
    assert (table.find(keys[1::2]) >= 0).all()


def test_no_key_nought() -> None:
    with pytest.raises(ValueError, match="no key"):
        Table(RECORD).put(np.array([3, 0]), _records([1, 2]))

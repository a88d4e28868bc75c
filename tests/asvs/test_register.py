"""The register is whole, and what it names is there."""

import ast
from functools import cache
from pathlib import Path

from tests.asvs.requirements import LEVELS, ROOT, Verdict, page, register

NOT_LATER = 2
"""Levels above are not ours."""


def test_each_requirement_stands_once_at_its_level() -> None:
    expected = [
        (f"{section}.{place}", int(level))
        for section, levels in LEVELS.items()
        for place, level in enumerate(levels, 1)
        if int(level) <= NOT_LATER
    ]
    assert [(each.number, each.level) for each in register()] == expected


@cache
def functions(file: Path) -> frozenset[str]:
    tree = ast.parse(file.read_text())
    return frozenset(n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def test_every_test_that_is_named_exists() -> None:
    missing = [
        f"{each.number} {file.name}::{name}"
        for each in register()
        for file, name in each.tests
        if not file.is_file() or name not in functions(file)
    ]
    assert missing == []


def test_every_file_that_is_named_exists() -> None:
    missing = [
        f"{each.number} {path}" for each in register() for path in each.paths if not (ROOT / path).exists()
    ]
    assert missing == []


def test_what_is_met_is_proven_and_what_is_argued_has_a_reason() -> None:
    for each in register():
        if each.verdict is Verdict.MET:
            assert each.tests, each.number
        if each.verdict in {Verdict.ARGUED, Verdict.UNMET}:
            assert len(each.why) > 20, each.number


def test_the_page_is_what_the_register_says() -> None:
    assert (ROOT / "docs/ref/asvs.md").read_text() == page(), "run `make api`"

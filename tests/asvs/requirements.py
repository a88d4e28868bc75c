"""The register of requirements: levels 1 and 2 of OWASP ASVS 5.0.0, where each stands, and the page of it.

What a requirement asks is said in words of our own; the standard is at https://github.com/OWASP/ASVS.
"""

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

LEVELS = {
    "1.1": "22", "1.2": "1111122223", "1.3": "112222222223", "1.4": "222", "1.5": "123",
    "2.1": "122", "2.2": "112", "2.3": "12223", "2.4": "23",
    "3.1": "3", "3.2": "113", "3.3": "12223", "3.4": "11222233", "3.5": "11122333", "3.6": "3",
    "3.7": "22333",
    "4.1": "12233", "4.2": "23333", "4.3": "22", "4.4": "1222",
    "5.1": "2", "5.2": "112333", "5.3": "113", "5.4": "222",
    "6.1": "122", "6.2": "111111112222", "6.3": "11223333", "6.4": "112233", "6.5": "22222333", "6.6": "2223",
    "6.7": "33", "6.8": "2222",
    "7.1": "222", "7.2": "1111", "7.3": "22", "7.4": "11222", "7.5": "223", "7.6": "22",
    "8.1": "1233", "8.2": "1123", "8.3": "133", "8.4": "23",
    "9.1": "111", "9.2": "1222",
    "10.1": "22", "10.2": "223", "10.3": "22223", "10.4": "1111122222233333", "10.5": "22222",
    "10.6": "22",
    "10.7": "222",
    "11.1": "2233", "11.2": "22233", "11.3": "11233", "11.4": "1222", "11.5": "23", "11.6": "23",
    "11.7": "33",
    "12.1": "12233", "12.2": "11", "12.3": "22223",
    "13.1": "2333", "13.2": "222223", "13.3": "2233", "13.4": "1222233",
    "14.1": "22", "14.2": "12223333", "14.3": "122",
    "15.1": "12233", "15.2": "12233", "15.3": "1222222", "15.4": "3333",
    "16.1": "2", "16.2": "22222", "16.3": "2222", "16.4": "222", "16.5": "2223",
    "17.1": "23", "17.2": "22223333", "17.3": "22",
}  # fmt: skip
"""Section → the level of each of its requirements, in their order."""


class Verdict(StrEnum):
    """``met``: tests prove it; ``argued``: the code or a document shows it; ``none``: it does not apply."""

    MET = "met"
    ARGUED = "argued"
    UNMET = "unmet"
    NONE = "none"


SHOWN = {
    Verdict.MET: "met",
    Verdict.ARGUED: "argued",
    Verdict.UNMET: "**not met**",
    Verdict.NONE: "does not apply",
}


@dataclass(frozen=True)
class Requirement:
    """``asks``: in our words; ``why``: the rest of the line: tests, paths, reasons."""

    number: str
    level: int
    verdict: Verdict
    asks: str
    why: str
    chapter: str

    @property
    def tests(self) -> list[tuple[Path, str]]:
        """The tests named, as file and function; the file may not be there."""
        return [(file_of(where), name) for where, name in TEST.findall(self.why)]

    @property
    def paths(self) -> list[str]:
        """The files named."""
        return [each for each in re.findall(r"`([^`]+)`", self.why) if "/" in each]


TEST = re.compile(r"\b([\w/]+)::(test_\w+)")
LINE = re.compile(r"(\d+\.\d+\.\d+) ([12]) (met|argued|unmet|none) \| (.+?) \| (.+)")


def file_of(where: str) -> Path:
    """`v06` is tests/asvs/test_v06_….py, `access/test_oidc` is tests/access/test_oidc.py."""
    if "/" in where:
        return ROOT / "tests" / f"{where}.py"
    return next(iter(HERE.glob(f"test_{where}_*.py")), HERE / f"test_{where}.py")


@cache
def register() -> list[Requirement]:
    """Every requirement, in order. Raises ValueError for a line that is none."""
    found: list[Requirement] = []
    chapter = ""
    for file in sorted((HERE / "register").glob("*.txt")):
        for line in file.read_text().splitlines():
            if line.startswith("V"):
                chapter = line
            elif line and not line.startswith("#"):
                parts = LINE.fullmatch(line)
                if parts is None:
                    raise ValueError(f"{file.name}: {line}")
                number, level, verdict, asks, why = parts.groups()
                found.append(Requirement(number, int(level), Verdict(verdict), asks, why, chapter))
    return found


def page() -> str:
    """docs/ref/asvs.md."""
    count = Counter(each.verdict for each in register())
    sums = ", ".join(f"{count[verdict]} {shown.strip('*')}" for verdict, shown in SHOWN.items())
    lines = [
        "# OWASP ASVS 5.0, level 2",
        "",
        "Written by `make api` from `tests/asvs/register`; a test fails when it is old, or names a test or a",
        "file that is not there. The words are ours, shortened; the standard itself counts:",
        "[OWASP ASVS 5.0.0](https://github.com/OWASP/ASVS/tree/v5.0.0) (CC BY-SA 4.0).",
        "",
        f"{len(register())} requirements of levels 1 and 2: {sums}.",
        "*Met*: the tests named prove it; *argued*: the code or document named shows it. A test `v06::…`",
        "is in `tests/asvs/test_v06_….py`, others in `tests/`.",
    ]
    chapter = ""
    for each in register():
        if each.chapter != chapter:
            chapter = each.chapter
            lines += ["", f"## {chapter}", "", "| | level | | what is asked | where, or why not |"]
            lines += ["| --- | :-: | --- | --- | --- |"]
        why = TEST.sub(lambda found: f"`{found[0]}`", each.why)
        lines.append(f"| {each.number} | {each.level} | {SHOWN[each.verdict]} | {each.asks} | {why} |")
    return "\n".join(lines) + "\n\n" + (HERE / "register" / "inventory.md").read_text()

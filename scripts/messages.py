"""Every message of the server is there in English, Russian and Kazakh, with the same parameters, and every
code that a Problem carries has one."""

import ast
import json
import re
import sys
from pathlib import Path

LANGUAGES = {"en", "ru", "kk"}


def main(root: Path) -> int:
    """0 when complete."""
    faults = []
    for room in sorted(path for path in (root / "jedel").iterdir() if path.is_dir()):
        file = room / "messages.json"
        known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        for code, texts in known.items():
            faults += [f"{room.name}: {code}: {fault}" for fault in faults_of(texts)]
        if room.name != "jurisdictions":
            faults += [
                f"{room.name}: the Problem {code!r} has no message"
                for code in problem_codes(room) - set(known)
            ]
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def faults_of(texts: dict[str, str]) -> list[str]:
    """What is wrong with one message."""
    missing = [f"no {language}" for language in sorted(LANGUAGES) if not texts.get(language, "").strip()]
    if missing:
        return missing
    parameters = {language: set(re.findall(r"\{(\w+)\}", texts[language])) for language in LANGUAGES}
    return (
        []
        if len({frozenset(names) for names in parameters.values()}) == 1
        else [f"parameters differ: {parameters}"]
    )


def problem_codes(room: Path) -> set[str]:
    """The codes of the classes in a room's errors.py."""
    file = room / "errors.py"
    if not file.exists():
        return set()
    codes = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef):
            for line in node.body:
                code = _code(line)
                if code:
                    codes.add(code)
    return codes


def _code(line: ast.stmt) -> str | None:
    if isinstance(line, ast.Assign):
        names = [target.id for target in line.targets if isinstance(target, ast.Name)]
    elif isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
        names = [line.target.id]
    else:
        return None
    value = line.value
    if "code" in names and isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    return None


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parents[1]))

"""What the program says of itself in docs/ref: openapi.json, access.md (who may use it), settings.md.

`api.py write` writes them, `api.py check` fails when they are old.
"""

import sys
from pathlib import Path

import orjson

from jedel.app import policy
from jedel.app.http import create_app
from jedel.app.settings import Settings

REF = Path(__file__).resolve().parents[1] / "docs" / "ref"
OPTIONS = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE


def main(action: str) -> int:
    """0 when the files are, or have been made, what the program says."""
    app = create_app(Settings(), None, None)  # type: ignore[arg-type]  # it only describes itself
    now = {
        REF / "openapi.json": orjson.dumps(app.openapi(), option=OPTIONS),
        REF / "access.md": policy.table(app).encode(),
        REF / "settings.md": settings().encode(),
    }
    if action == "write":
        REF.mkdir(parents=True, exist_ok=True)
        for file, content in now.items():
            file.write_bytes(content)
        return 0
    old = [file.name for file, content in now.items() if not file.exists() or file.read_bytes() != content]
    for name in old:
        print(f"{name} is not what the program says; run `make api` and look at the difference")
    return int(bool(old))


def settings() -> str:
    """Every setting, its value if nobody sets it, what it is for."""
    lines = [
        "# Settings",
        "",
        "Environment variables; written by `make api` from `jedel/app/settings.py`.",
        "",
        "| variable | default | what it is |",
        "| --- | --- | --- |",
    ]
    for name, field in Settings.model_fields.items():
        default = "`./var`" if name == "data_dir" else "" if field.default is None else f"`{field.default}`"
        what = " ".join((field.description or "").split())
        lines.append(f"| `JEDEL_{name.upper()}` | {default} | {what} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "check"))

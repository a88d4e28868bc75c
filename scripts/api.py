"""docs/ref/openapi.json is what the program says of its API: `api.py write` writes it, `api.py check`
fails when it is old."""

import sys
from pathlib import Path

import orjson

from jedel.app.http import create_app
from jedel.app.settings import Settings

FILE = Path(__file__).resolve().parents[1] / "docs" / "ref" / "openapi.json"


def main(action: str) -> int:
    """0 when the file is, or has been made, what the program says."""
    app = create_app(Settings(), None, None)  # type: ignore[arg-type]  # it only describes itself
    now = orjson.dumps(
        app.openapi(), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    )
    if action == "write":
        FILE.parent.mkdir(parents=True, exist_ok=True)
        FILE.write_bytes(now)
        return 0
    if FILE.exists() and FILE.read_bytes() == now:
        return 0
    print(f"{FILE.name} is not what the program says; run `make api` and look at the difference")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "check"))

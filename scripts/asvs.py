"""docs/ref/asvs.md: where each requirement of OWASP ASVS 5.0, level 2, stands.

`asvs.py write` writes it from tests/asvs/register, `asvs.py check` fails when it is old.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.asvs.requirements import page  # noqa: E402 - the tests are beside us, not installed

PAGE = ROOT / "docs" / "ref" / "asvs.md"


def main(action: str) -> int:
    """0 when the page is, or has been made, what the register says."""
    if action == "write":
        PAGE.write_text(page())
        return 0
    if PAGE.exists() and PAGE.read_text() == page():
        return 0
    print("asvs.md is not what the register says; run `make api` and look at the difference")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "check"))

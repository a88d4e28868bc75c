"""Makes the README's pictures anew (docs/images): the end-to-end test takes them on its way."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """pytest's exit status; pictures are of the screens as they were built last."""
    (ROOT / "docs" / "images").mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", "tests/e2e", *sys.argv[1:]]
    environment = os.environ | {"JEDEL_SCREENSHOTS": "1"}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

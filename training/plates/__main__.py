"""`python -m training.plates` (`make train-reader`): trains the networks and writes the ONNX files.

Seeded; every part can be stopped and goes on from its last checkpoint in ``--folder``.
"""

import argparse
import importlib
from pathlib import Path

WEIGHTS = Path(__file__).resolve().parents[2] / "jedel" / "plates" / "reader" / "weights"
STEPS = {"detector": 800, "straightener": 1000, "recogniser": 7000}


def main() -> None:
    ask = argparse.ArgumentParser(prog="python -m training.plates", description=__doc__)
    ask.add_argument(
        "part",
        choices=("all", "photos", "shipped", "detector", "straightener", "recogniser", "export"),
        nargs="?",
        default="all",
    )
    ask.add_argument("--folder", type=Path, default=Path("var/training/plates"))
    ask.add_argument("--steps", type=int, help="of this round; default: more than the shipped weights had")
    ask.add_argument("--seed", type=int, default=4)
    ask.add_argument("--threads", type=int, default=1)
    ask.add_argument("--peak", type=float, default=3e-3, help="highest learning rate")
    ask.add_argument("--opencv-doc", type=Path, default=Path("/usr/share/doc/opencv-doc"), help="for photos")
    asked = ask.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    if asked.part in ("all", "photos"):
        from training.plates import photos

        print(photos.gather(asked.opencv_doc), "photographs")
    if asked.part == "shipped":
        from training.plates.shipped import checkpoints

        checkpoints(asked.folder, WEIGHTS)
    for name, steps in STEPS.items():
        if asked.part in ("all", name):
            part = importlib.import_module(f"training.plates.{name}")
            part.train(asked.folder, asked.steps or steps, asked.seed, peak=asked.peak, threads=asked.threads)
    if asked.part in ("all", "export"):
        from training.plates.export import export

        export(asked.folder, WEIGHTS)


if __name__ == "__main__":
    main()

"""Real photographs as backgrounds: those that packages ship. `python -m training.plates photos` gathers them.

scikit-image and scikit-learn (training/requirements.txt), and Debian's opencv-doc where it is installed or
unpacked (``--opencv-doc``). Those of `APART` are never trained on: the report counts
false finds in them.
"""

import importlib.util
import shutil
from pathlib import Path

HERE = Path(__file__).resolve().parents[1] / "photos"
_FROM_PACKAGES = (
    *("astronaut.png", "coffee.png", "chelsea.png", "motorcycle_left.png", "rocket.jpg", "brick.png"),
    *("gravel.png", "grass.png", "china.jpg", "flower.jpg"),
)
_FROM_OPENCV = (
    *(
        "scenetext0[1-5].jpg",
        "home.jpg",
        "fruits.jpg",
        "baboon.jpg",
        "blox.jpg",
        "butterfly.jpg",
        "board.jpg",
    ),
    *("building.jpg", "sudoku.png", "stuff.jpg", "messi5.jpg", "aero[13].jpg", "graf[13].png", "boat*.jpg"),
    *("box_in_scene.png", "left0[1-9].jpg", "basketball[12].png", "WindowsLogo.jpg", "newspaper*.jpg"),
    *("plant.jpg", "ml.png", "orange.jpg", "apple.jpg", "rubberwhale1.png", "notes.png"),
)
APART = ("scenetext06.jpg", "leuven*.jpg", "licenseplate_motion.jpg")


def gather(opencv_doc: Path) -> int:
    """How many lie in HERE now."""
    HERE.mkdir(exist_ok=True)
    (HERE / "apart").mkdir(exist_ok=True)
    for package in ("skimage", "sklearn"):
        found = importlib.util.find_spec(package)
        if found and found.origin:
            for name in _FROM_PACKAGES:
                for path in Path(found.origin).parent.rglob(name):
                    shutil.copy(path, HERE / name)
    for names, into in ((_FROM_OPENCV, HERE), (APART, HERE / "apart")):
        for name in names:
            for path in opencv_doc.rglob(name):
                shutil.copy(path, into / path.name)
    return len(list(HERE.glob("*.*")))

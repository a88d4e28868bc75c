"""Trains the recogniser: `python -m training.plates recogniser`. It may be stopped and go on."""

import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from training.plates import camera
from training.plates.crops import crop
from training.plates.network import SIGNS, Recogniser, halved

KEPT = 4_000
_NUMBER = {sign: nth + 1 for nth, sign in enumerate(SIGNS)}


def normal(crops: Any) -> Any:
    """(n, 64, 160) uint8 → float32 with mean 0 and spread 1 each. The reader does the same."""
    crops = np.asarray(crops, np.float32)
    mean = crops.mean((-2, -1), keepdims=True)
    return (crops - mean) / (crops.std((-2, -1), keepdims=True) + 4.0)


class Crops(IterableDataset[tuple[Any, list[int], list[int]]]):
    def __init__(self, seed: int) -> None:
        self.seed = seed

    def __iter__(self) -> Iterator[tuple[Any, list[int], list[int]]]:
        info = get_worker_info()
        rng = Random(f"{self.seed}/{info.id if info else 0}")
        kept: list[tuple[Any, list[int], list[int]]] = []
        while True:
            picture, plate = crop(rng)
            made = picture, [_NUMBER[s] for s in plate.rows[0]], [_NUMBER[s] for s in plate.rows[1]]
            yield made
            kept.append(made)
            if len(kept) > KEPT:  # each is shown twice, far apart: drawing costs half of what learning does
                yield kept.pop(rng.randrange(KEPT))


def _together(batch: list[Any]) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
    pictures = torch.from_numpy(normal(np.stack([each[0] for each in batch])))[:, None]
    rows = []
    for row in (1, 2):
        lengths = torch.tensor([len(each[row]) for each in batch])
        rows.append((torch.tensor([sign for each in batch for sign in each[row]], dtype=torch.long), lengths))
    return pictures, rows


def said(out: Any) -> list[tuple[str, str]]:
    """Best path of (n, 2, 40, 37)."""
    best = np.asarray(out).argmax(-1)
    texts = []
    for pair in best:
        rows = []
        for row in pair:
            kept = [s for n, s in enumerate(row) if s and (n == 0 or row[n - 1] != s)]
            rows.append("".join(SIGNS[s - 1] for s in kept))
        texts.append((rows[0], rows[1]))
    return texts


def exact(model: nn.Module, count: int, seed: str, cameras: Any, held_apart: bool) -> float:
    """Share read exactly of fresh crops; cameras and faces held apart or not."""
    rng = Random(seed)
    pairs = [crop(rng, rng.choice(cameras), held_apart) for _ in range(count)]
    model.eval()
    with torch.no_grad():
        out = model(torch.from_numpy(normal(np.stack([p for p, _ in pairs])))[:, None])
    model.train()
    return sum(a == b.rows for a, (_, b) in zip(said(out.float()), pairs, strict=True)) / count


def gently(kept: Tensor, new: Tensor, count: Any) -> Tensor:
    """A running average that forgets its beginning: over a tenth of the steps, then over the last 200."""
    share = min(0.995, (1 + float(count)) / (10 + float(count)))
    return kept * share + new * (1 - share) if kept.is_floating_point() else new


def train(
    folder: Path,
    steps: int,
    seed: int,
    batch: int = 128,
    peak: float = 3e-3,
    threads: int = 1,
    workers: int = 1,
) -> None:
    """``steps`` more from the last checkpoint, by one cycle of the learning rate."""
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    model = Recogniser()
    kept = folder / "recogniser.pt"
    done = 0
    if kept.exists():
        state = torch.load(kept, weights_only=True)
        model.load_state_dict(state["model"])
        done = state["done"]
    average = torch.optim.swa_utils.AveragedModel(model, avg_fn=gently, use_buffers=True)
    steer = torch.optim.AdamW(model.parameters(), lr=peak, weight_decay=1e-3)
    plan = torch.optim.lr_scheduler.OneCycleLR(
        steer, peak, total_steps=steps + 1, pct_start=0.15 if not done else 0.05
    )
    loss_of = nn.CTCLoss(zero_infinity=True)
    data = iter(
        DataLoader(
            Crops(seed * 1000 + done),
            batch_size=batch,
            num_workers=workers,
            collate_fn=_together,
            prefetch_factor=4,
        )
    )
    began, shown = time.monotonic(), 0.0
    for step in range(1, steps + 1):
        pictures, rows = next(data)
        with halved():
            out = model(pictures)
        scores = out.float().log_softmax(-1)
        loss = torch.zeros(())
        for nth, (signs, lengths) in enumerate(rows):
            steps_of = torch.full((len(pictures),), scores.shape[2])
            loss = loss + loss_of(scores[:, nth].transpose(0, 1), signs, steps_of, lengths)
        steer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        steer.step()
        plan.step()
        average.update_parameters(model)
        shown = 0.95 * shown + 0.05 * float(loss.detach()) if step > 1 else float(loss.detach())
        if step % 50 == 0:
            print(f"{step} of {steps}, {time.monotonic() - began:.0f} s, loss {shown:.3f}", flush=True)
        if step % 200 == 0 or step == steps:
            torch.save({"model": average.module.state_dict(), "done": done + step}, kept.with_suffix(".new"))
            kept.with_suffix(".new").replace(kept)
            known = exact(average.module, 300, "known", camera.TRAIN, False)
            apart = exact(average.module, 300, "apart", camera.APART, True)
            print(f"exact: {known:.3f} known cameras and faces, {apart:.3f} apart", flush=True)


def export(folder: Path, into: Path) -> None:
    """The averaged weights as ONNX, any number of crops at once."""
    model = Recogniser()
    model.load_state_dict(torch.load(folder / "recogniser.pt", weights_only=True)["model"])
    model.eval()
    into.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        model,
        (torch.zeros(2, 1, 64, 160),),
        str(into / "recogniser.onnx"),
        input_names=["crops"],
        output_names=["signs"],
        dynamic_axes={"crops": {0: "n"}, "signs": {0: "n"}},
        opset_version=17,
        dynamo=False,
    )

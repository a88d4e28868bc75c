"""Trains the straightener: `python -m training.plates straightener`. The detector's corners are of half a
frame's scale; a plate 60 pixels wide is 6 pixels tall there, and half a pixel is a tenth of a sign."""

import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from training.plates.crops import rough
from training.plates.network import Straightener, halved
from training.plates.recogniser import gently, normal


class Roughs(IterableDataset[tuple[Any, Any]]):
    def __init__(self, seed: int) -> None:
        self.seed = seed

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        info = get_worker_info()
        rng = Random(f"{self.seed}/{info.id if info else 0}")
        while True:
            cut, corners = rough(rng)
            yield normal(cut)[None], corners.astype(np.float32).ravel()


def train(
    folder: Path,
    steps: int,
    seed: int,
    batch: int = 128,
    peak: float = 3e-3,
    threads: int = 1,
    workers: int = 1,
) -> None:
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    model = Straightener()
    kept, done = folder / "straightener.pt", 0
    if kept.exists():
        state = torch.load(kept, weights_only=True)
        model.load_state_dict(state["model"])
        done = state["done"]
    average = torch.optim.swa_utils.AveragedModel(model, avg_fn=gently, use_buffers=True)
    steer = torch.optim.AdamW(model.parameters(), lr=peak, weight_decay=1e-3)
    plan = torch.optim.lr_scheduler.OneCycleLR(
        steer, peak, total_steps=steps + 1, pct_start=0.15 if not done else 0.05
    )
    data = iter(
        DataLoader(Roughs(seed * 1000 + done), batch_size=batch, num_workers=workers, prefetch_factor=4)
    )
    began, shown = time.monotonic(), 0.1
    for step in range(1, steps + 1):
        pictures, truth = next(data)
        with halved():
            out = model(pictures)
        loss = nn.functional.smooth_l1_loss(out.float(), truth, beta=0.03)
        steer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        steer.step()
        plan.step()
        average.update_parameters(model)
        shown = 0.95 * shown + 0.05 * float((out.detach().float() - truth).abs().mean())
        if step % 50 == 0 or step == steps:
            print(
                f"{step} of {steps}, {time.monotonic() - began:.0f} s, off by {shown:.4f} of the crop",
                flush=True,
            )
            torch.save({"model": average.module.state_dict(), "done": done + step}, kept.with_suffix(".new"))
            kept.with_suffix(".new").replace(kept)


def export(folder: Path, into: Path) -> None:
    model = Straightener()
    model.load_state_dict(torch.load(folder / "straightener.pt", weights_only=True)["model"])
    model.eval()
    torch.onnx.export(
        model,
        (torch.zeros(2, 1, 64, 128),),
        str(into / "straightener.onnx"),
        input_names=["crops"],
        output_names=["corners"],
        dynamic_axes={"crops": {0: "n"}, "corners": {0: "n"}},
        opset_version=17,
        dynamo=False,
    )

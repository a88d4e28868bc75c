"""Trains the detector: `python -m training.plates detector`. Stops and goes on as the recogniser does."""

import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from training.plates.network import Detector, halved
from training.plates.recogniser import gently
from training.plates.scenes import cuts


class Cuts(IterableDataset[tuple[Any, Any, Any]]):
    def __init__(self, seed: int) -> None:
        self.seed = seed

    def __iter__(self) -> Iterator[tuple[Any, Any, Any]]:
        info = get_worker_info()
        for picture, wanted, counts in cuts(Random(f"{self.seed}/{info.id if info else 0}")):
            yield np.ascontiguousarray(picture.transpose(2, 0, 1)), wanted, counts


def loss_of(out: Tensor, wanted: Tensor, counts: Tensor) -> tuple[Tensor, Tensor]:
    """(focal loss of the cells, distance of the corners as a part of the plate's height)."""
    sure, good = out[:, 0], wanted[:, 0]
    p = torch.sigmoid(sure)
    close = nn.functional.binary_cross_entropy_with_logits(sure, good, reduction="none")
    focal = torch.where(good > 0, (1 - p) ** 2, 2 * p**2) * close * counts
    found = good > 0
    near = out[:, 1:].permute(0, 2, 3, 1)[found].view(-1, 4, 2)
    truth = wanted[:, 1:].permute(0, 2, 3, 1)[found].view(-1, 4, 2)
    if len(truth) == 0:
        return focal.sum() / 10, torch.zeros(())
    tall = ((truth[:, 3] - truth[:, 0]).norm(dim=-1) + (truth[:, 2] - truth[:, 1]).norm(dim=-1)) / 2
    off = nn.functional.smooth_l1_loss(near / tall[:, None, None], truth / tall[:, None, None], beta=0.1)
    return focal.sum() / len(truth), off


def train(
    folder: Path,
    steps: int,
    seed: int,
    batch: int = 32,
    peak: float = 3e-3,
    threads: int = 1,
    workers: int = 1,
) -> None:
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    model = Detector()
    kept, done = folder / "detector.pt", 0
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
        DataLoader(Cuts(seed * 1000 + done), batch_size=batch, num_workers=workers, prefetch_factor=4)
    )
    began, shown = time.monotonic(), (1.0, 1.0)
    for step in range(1, steps + 1):
        pictures, wanted, counts = next(data)
        with halved():
            out = model(pictures.float() / 255)
        cells, corners = loss_of(out.float(), wanted, counts)
        loss = cells + 2 * corners
        steer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        steer.step()
        plan.step()
        average.update_parameters(model)
        shown = (
            0.97 * shown[0] + 0.03 * float(cells.detach()),
            0.97 * shown[1] + 0.03 * float(corners.detach()),
        )
        if step % 50 == 0 or step == steps:
            print(
                f"{step} of {steps}, {time.monotonic() - began:.0f} s, "
                f"cells {shown[0]:.3f}, corners {shown[1]:.3f}",
                flush=True,
            )
            torch.save({"model": average.module.state_dict(), "done": done + step}, kept.with_suffix(".new"))
            kept.with_suffix(".new").replace(kept)


def export(folder: Path, into: Path) -> None:
    """The averaged weights as ONNX; any number of pictures, any size of 32."""
    model = Detector()
    model.load_state_dict(torch.load(folder / "detector.pt", weights_only=True)["model"])
    model.eval()
    into.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        model,
        (torch.zeros(1, 3, 544, 960),),
        str(into / "detector.onnx"),
        input_names=["frames"],
        output_names=["cells"],
        dynamic_axes={"frames": {0: "n", 2: "h", 3: "w"}, "cells": {0: "n", 2: "h8", 3: "w8"}},
        opset_version=17,
        dynamo=False,
    )

"""Checkpoints from the shipped ONNX files: `python -m training.plates shipped`; a part goes on from them.

In an ONNX file each convolution has taken in the normalisation behind it. It is taken apart again: the
network says the same, and its normalisations get the means and spreads that its own pictures give, so that
learning starts where it stopped. What is lost is the optimiser's memory, as with every round.
"""

from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import onnx
import onnxruntime
import orjson
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from training.plates.crops import crop, rough
from training.plates.network import Detector, Recogniser, Straightener
from training.plates.recogniser import normal
from training.plates.scenes import cuts

_CONV, _NORM = (nn.Conv1d, nn.Conv2d), (nn.BatchNorm1d, nn.BatchNorm2d)
_SEEN = 256


def _pictures(name: str) -> Tensor:
    """A batch as the network is trained on."""
    rng = Random(f"shipped/{name}")
    if name == "recogniser":
        return torch.from_numpy(normal(np.stack([crop(rng)[0] for _ in range(_SEEN)])))[:, None]
    if name == "straightener":
        return torch.from_numpy(normal(np.stack([rough(rng)[0] for _ in range(_SEEN)])))[:, None]
    drawn = np.stack([picture for picture, _, _ in islice(cuts(rng), _SEEN // 8)])
    return torch.from_numpy(np.ascontiguousarray(drawn.transpose(0, 3, 1, 2))).float() / 255


def _layers(model: nn.Module, pictures: Tensor) -> list[nn.Module]:
    """Layers with weights and normalisations, as they are called."""
    called: list[nn.Module] = []
    held = [
        part.register_forward_hook(lambda part, _in, _out: called.append(part))
        for part in model.modules()
        if isinstance(part, (*_CONV, *_NORM, nn.Linear))
    ]
    with torch.no_grad():
        model(pictures[:2])
    for each in held:
        each.remove()
    return called


def _weights(path: Path) -> list[tuple[Tensor, Tensor]]:
    """(weight, bias) of each convolution and matrix of the file, in its order."""
    graph = onnx.load(path).graph
    known = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    return [
        (torch.tensor(known[node.input[1]]), torch.tensor(known[node.input[2]]))
        for node in graph.node
        if node.op_type in ("Conv", "Gemm")
    ]


def _apart(norm: Any, bias: Tensor) -> Any:
    """``norm`` adds ``bias`` and nothing else, whatever the means and spreads that it is to keep."""

    def keep(_part: nn.Module, given: tuple[Tensor]) -> None:
        seen = given[0].detach()
        over = [0, *range(2, seen.ndim)]
        norm.running_mean.copy_(seen.mean(over))
        norm.running_var.copy_(seen.var(over))
        norm.weight.copy_((norm.running_var + norm.eps).sqrt())
        norm.bias.copy_(bias + norm.running_mean)

    return norm.register_forward_pre_hook(keep)


def restore(name: str, model: nn.Module, weights: Path) -> float:
    """``model`` gets what ``name``.onnx says; how far the two differ at most, in outputs' units."""
    pictures = _pictures(name)
    model.eval()
    layers, kept, held = _layers(model, pictures), _weights(weights / f"{name}.onnx"), []
    with torch.no_grad():
        for nth, layer in enumerate(layers):
            if isinstance(layer, _NORM):
                continue
            weight, bias = kept.pop(0)
            layer.weight.copy_(weight)  # type: ignore[operator]
            after = layers[nth + 1] if nth + 1 < len(layers) else None
            if isinstance(after, _NORM) and layer.bias is None:
                held.append(_apart(after, bias))
            else:
                layer.bias.copy_(bias)  # type: ignore[operator]
        model(pictures)
        for each in held:
            each.remove()
        ours = model(pictures[:8]).numpy()
    run = onnxruntime.InferenceSession(str(weights / f"{name}.onnx"), providers=["CPUExecutionProvider"])
    theirs = run.run(None, {run.get_inputs()[0].name: pictures[:8].numpy()})[0]
    return float(np.abs(ours - theirs).max())


NETWORKS: dict[str, type[nn.Module]] = {
    "detector": Detector,
    "straightener": Straightener,
    "recogniser": Recogniser,
}


def checkpoints(folder: Path, weights: Path) -> None:
    """For each network without a checkpoint in ``folder``; one that does not fit its file is told."""
    known = orjson.loads((weights / "weights.json").read_bytes())["networks"]
    for name, of in NETWORKS.items():
        kept = folder / f"{name}.pt"
        if kept.exists():
            print(f"{name}: has a checkpoint, stays as it is")
            continue
        model = of()
        off = restore(name, model, weights)
        if off > 1e-2:
            raise SystemExit(f"{name}: differs from its file by {off:.3f}. Was the network changed since?")
        torch.save({"model": model.state_dict(), "done": known[name]["steps"]}, kept)
        print(f"{name}: {known[name]['steps']} steps, differs by {off:.1e}")

"""A worker: the same network in PyTorch, channels last, on the fastest of its settings on this machine.

`--compile` tries `torch.compile` too, which takes minutes.
"""

import copy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

from benchmarks.torch_googlenet import parameters, torch_googlenet
from benchmarks.worker import Measured, serve, timed

IMAGES = Path("outputs/prepare/images")
Step = Callable[[], Any]
Way = tuple[int, Step]  # threads, and what runs on them


def main() -> None:
    """Serve `train` and `predict`, each on the setting that a first trial found the fastest."""
    from pipeline.config.params_file import read_params
    from pipeline.data.dataset import Dataset
    from pipeline.data.loader import TrainingBatches

    config, dataset = read_params(Path()), Dataset(IMAGES)
    images, targets = TrainingBatches(dataset, config.recipe.batch_size, config.recipe.seed).batch(0, 0)
    pixels = torch.from_numpy(images).permute(0, 3, 1, 2)  # channels last in memory, as they come
    model = torch_googlenet(targets.shape[1], config.model.stem, config.model.dropout, config.model.filters)
    model = model.to(memory_format=torch.channels_last)
    training = train_ways(model, pixels, torch.from_numpy(targets), config.recipe.label_smoothing)
    prediction = predict_ways(model, pixels)
    chosen = {"train": fastest(training, len(images)), "predict": fastest(prediction, len(images))}
    facts = {"parameters": parameters(model), "version": torch.__version__}
    facts |= {way: f"{name} ({told})" for way, (name, told, _) in chosen.items()}
    serve({way: _measure(found, len(images)) for way, (_, _, found) in chosen.items()}, facts)


def train_ways(model: nn.Module, pixels: Any, targets: Any, smoothing: float) -> dict[str, Way]:
    """Return a training step for each setting worth trying."""
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3, weight_decay=0.05, fused=True)

    def step(network: Any, half: bool) -> float:
        network.train()
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            loss = nn.functional.cross_entropy(network(_scaled(pixels)), targets, label_smoothing=smoothing)
        loss.backward()
        optimizer.step()
        return float(loss.detach())

    return _each(model, step)


def predict_ways(model: nn.Module, pixels: Any) -> dict[str, Way]:
    """Return a prediction of probabilities for each setting worth trying."""

    def step(network: Any, half: bool) -> Any:
        network.eval()
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=half):
            return network(_scaled(pixels)).float().softmax(1).numpy()

    def step_of_halved() -> Any:
        with torch.inference_mode():
            return halved(_scaled(pixels).bfloat16()).float().softmax(1).numpy()

    halved = copy.deepcopy(model).bfloat16().eval()
    return _each(model, step) | {"bfloat16 throughout": (torch.get_num_threads(), step_of_halved)}


def _each(model: nn.Module, step: Callable[[Any, bool], Any]) -> dict[str, Way]:
    threads = torch.get_num_threads()
    ways: dict[str, Way] = {
        "bfloat16": (threads, lambda: step(model, True)),
        "float32": (threads, lambda: step(model, False)),
    }
    if threads > 1:  # where other work shares the cores, PyTorch's threads wait for each other
        ways["bfloat16 on one thread fewer"] = (threads - 1, lambda: step(model, True))
    if "--compile" in sys.argv:
        compiled = torch.compile(model)
        ways["bfloat16 compiled"] = (threads, lambda: step(compiled, True))
    return ways


def _scaled(pixels: Any) -> Any:
    return pixels.float() / 127.5 - 1.0


def fastest(ways: dict[str, Way], images: int) -> tuple[str, str, Way]:
    """Return the fastest way's name, all ways' images per second in words, and the way."""
    rates = {name: _measure(way, images)(1.0).rate for name, way in ways.items()}
    told = ", ".join(f"{name} {rate:.0f}" for name, rate in rates.items())
    best = max(rates, key=lambda name: rates[name])
    return best, told, ways[best]


def _measure(way: Way, images: int) -> Callable[[float], Measured]:
    threads, step = way

    def measure(seconds: float) -> Measured:
        torch.set_num_threads(threads)
        return timed(step, images, seconds, least=1)

    return measure


if __name__ == "__main__":
    main()

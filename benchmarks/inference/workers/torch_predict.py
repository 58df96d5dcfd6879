"""A worker: the same network in PyTorch on decoded images, with the setting that is fastest on this machine."""

from functools import partial
from typing import Any

import torch

from benchmarks.inference.measured_work import given_work
from benchmarks.inference.model_folder import CLASSES, STEMS
from benchmarks.speed.torch_googlenet import parameter_count, torch_googlenet
from benchmarks.speed.workers.torch_settings import (
    Setting,
    bfloat16_weights,
    common_settings,
    fastest_setting,
    has_bfloat16,
    prediction_step,
)
from benchmarks.worker import serve

BATCH = {32: 128, 224: 32}  # images, by their side: as in benchmarks.speed


def main() -> None:
    """Serve `batch`, a batch of images, and `single`, one; each with the fastest of its settings."""
    work = given_work()
    pixels = torch.from_numpy(work.arrays()[: BATCH[work.side]]).permute(0, 3, 1, 2)  # channels stay last in memory
    torch.manual_seed(0)
    model = torch_googlenet(CLASSES, STEMS[work.side], dropout=0.4).to(memory_format=torch.channels_last)
    cases, words = {}, []
    for case, images in {"batch": pixels, "single": pixels[:1]}.items():
        fastest, rates = fastest_setting(_settings(model, images), len(images))
        cases[case] = partial(fastest.measure, len(images))
        words.append(f"{case}: {fastest.name} ({rates})")
    facts = {"settings": "; ".join(words), "version": torch.__version__, "parameters": parameter_count(model)}
    serve(cases, facts)


def _settings(model: torch.nn.Module, images: Any) -> list[Setting]:
    """Return the settings worth trying: float32 and, where the processor has it, bfloat16."""
    settings = common_settings(model, prediction_step(images), compiling=False)
    return [*settings, bfloat16_weights(model, images)] if has_bfloat16() else settings


if __name__ == "__main__":
    main()

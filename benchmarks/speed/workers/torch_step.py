"""A worker: the same network in PyTorch, channels last, with the setting that is fastest on this machine.

`--compile` also tries `torch.compile`, which takes minutes.
"""

import argparse
from functools import partial
from pathlib import Path

import torch

from benchmarks.speed.torch_googlenet import parameter_count, torch_googlenet
from benchmarks.speed.workers.torch_settings import (
    bfloat16_weights,
    common_settings,
    fastest_setting,
    has_bfloat16,
    prediction_step,
    training_step,
)
from benchmarks.worker import serve
from pipeline.base.paths import PREPARED


def main() -> None:
    """Serve `train` and `predict`, each with the setting that a short trial finds the fastest."""
    from pipeline.config.params_file import read_params
    from pipeline.data.dataset import Dataset
    from pipeline.data.loader import TrainingBatches

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compile", action="store_true", help="also try torch.compile")
    compiling = parser.parse_args().compile
    config, dataset = read_params(Path()), Dataset(Path(PREPARED))
    images, targets = TrainingBatches(dataset, config.recipe.batch_size, config.recipe.seed).batch(0, 0)
    pixels = torch.from_numpy(images).permute(0, 3, 1, 2)  # channels stay last in memory
    model = torch_googlenet(targets.shape[1], config.model.stem, config.model.dropout, config.model.filters)
    model = model.to(memory_format=torch.channels_last)
    steps = {
        "train": training_step(model, pixels, torch.from_numpy(targets), config.recipe.label_smoothing),
        "predict": prediction_step(pixels),
    }
    settings = {case: common_settings(model, step, compiling=compiling) for case, step in steps.items()}
    if has_bfloat16():
        settings["predict"].append(bfloat16_weights(model, pixels))
    facts = {"parameters": parameter_count(model), "version": torch.__version__}
    cases = {}
    for case, options in settings.items():
        fastest, rates = fastest_setting(options, len(images))
        facts[case] = f"{fastest.name} ({rates})"
        cases[case] = partial(fastest.measure, len(images))
    serve(cases, facts)


if __name__ == "__main__":
    main()

"""The network and recipe of params.yaml trained under Keras's JAX backend, where a GPU has JAX and no TensorFlow.

    python -m pipeline.prepare
    python -m benchmarks.jax_training FOLDER

FOLDER gets the trained network (model.keras, which TensorFlow
loads) and what it was trained on, a row per epoch (training.json); in a project with the same data,
`python -m benchmarks.adopt FOLDER` makes an MLflow run of it, which `dvc repro` then evaluates.
"""

import argparse
import json
import os
import time
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "jax"  # before anything imports Keras

import jax
import keras
import numpy as np

from benchmarks.adopt import trained_settings
from benchmarks.jax_batches import ahead
from benchmarks.jax_pooling import with_shifted_pooling
from benchmarks.jax_step import State, Steps
from pipeline.base.command import run
from pipeline.base.errors import PipelineError
from pipeline.config.params_file import read_params
from pipeline.config.schema import Config
from pipeline.data.dataset import Dataset
from pipeline.data.loader import OrderedBatches, TrainingBatches
from pipeline.training.augment import augmentation
from pipeline.training.export import portable, save_model
from pipeline.training.network import build
from pipeline.training.warm_start import start_from

IMAGES = Path("outputs/prepare/images")
ON_DEVICE = ("color", "rand_augment", "erase", "mixup", "cutmix")  # changes that the steps make, by Keras's layers
STATISTICS = 8  # batches, of the averaged weights' batch normalisation


def main() -> None:
    """Train, say how each epoch went, write FOLDER."""
    parser = argparse.ArgumentParser(description="Train the network and recipe of params.yaml under JAX.")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="gets model.keras and training.json")
    parser.add_argument(
        "--minutes", type=float, default=float("inf"), help="end with the epoch in which they have passed"
    )
    arguments = parser.parse_args()
    run(lambda: train(arguments.folder, arguments.minutes))


def train(folder: Path, minutes: float) -> None:
    """Train as params.yaml says, for so many minutes or a little more, into `folder`.

    Raises:
        PipelineError: no settings or no prepared data are here, settings that this training knows nothing of, or a
            loss that is no longer a number.
    """
    config, dataset = read_params(Path()), Dataset(IMAGES)
    if config.model.auxiliary_heads != "none" or config.model.freeze or config.recipe.class_weights != "none":
        raise PipelineError("auxiliary heads, frozen blocks and class weights are pipeline.train's alone")
    if config.recipe.patience:
        raise PipelineError("recipe.patience is pipeline.train's alone: what is kept here is the last epoch")
    device = jax.devices()[0]
    precision = config.recipe.precision
    if precision == "auto":
        precision = "float32" if device.platform == "cpu" else "mixed_bfloat16"
    keras.utils.set_random_seed(config.recipe.seed)
    keras.config.set_dtype_policy(precision)
    facts: dict[str, Any] = {
        "device": device.device_kind,
        "backend": f"jax {jax.__version__}",
        "keras": keras.__version__,
    }
    facts |= {"precision": precision, "data_digest": dataset.description.digest}
    print(", ".join(facts.values()), flush=True)
    facts["settings"] = trained_settings(config)
    training = Training(config, dataset)
    training.run(minutes)
    training.write(folder, facts)


class Training:
    """One training, from its first step to its files.

    Args:
        config: the network (its first weights from the file `model.init_from`, if it names one) and the recipe.
        dataset: prepared data.
    """

    def __init__(self, config: Config, dataset: Dataset) -> None:
        recipe, shape = config.recipe, dataset.description.shape
        on_host = recipe.augment.model_copy(update=dict.fromkeys(ON_DEVICE, 0.0))
        self.epochs = recipe.epochs
        self.batches = TrainingBatches(dataset, recipe.batch_size, recipe.seed, augmentation(on_host, shape[2]))
        self.validation = OrderedBatches(dataset, "validation", recipe.batch_size)
        self.model = build(config.model, shape, len(dataset.description.classes), self.batches.steps)
        if config.model.init_from:
            start_from(self.model, Path(config.model.init_from))
        self.trained = with_shifted_pooling(self.model)
        self.steps = Steps(self.trained, recipe, self.batches.steps, shape[2])
        self.judged: tuple[list[Any], list[Any]] = ([], [])
        self.history: list[dict[str, float]] = []
        self.ended: list[float] = []

    def run(self, minutes: float) -> None:
        """Train and validate all epochs, or those that begin within so many minutes, and at least one."""
        last = time.monotonic() + 60 * minutes
        state, per_epoch = self.steps.start(), self.batches.steps
        stream = ahead(self.batches, per_epoch * self.epochs)
        for epoch in range(1, self.epochs + 1):
            began, losses, accuracies = time.monotonic(), [], []
            for _ in range(per_epoch):
                state, loss, accuracy = self.steps.train(state, *next(stream))
                losses.append(loss)
                accuracies.append(accuracy)
            if not np.isfinite(losses).all():
                raise PipelineError(f"the loss is not a number any more in epoch {epoch}; lower recipe.learning_rate")
            row = {"epoch": epoch, "loss": float(np.mean(losses)), "accuracy": float(np.mean(accuracies))}
            rate = per_epoch * self.batches.batch_size / (time.monotonic() - began)
            self.history.append(row | self._validated(state))
            self.ended.append(time.time())
            told = ", ".join(f"{name} {value:.4f}" for name, value in self.history[-1].items() if name != "epoch")
            print(f"epoch {epoch}/{self.epochs} {told}, {rate:,.0f} images/s", flush=True)
            if time.monotonic() > last:
                break

    def write(self, folder: Path, facts: dict[str, Any]) -> None:
        """Write the network with the weights judged last, the history and `facts`."""
        folder.mkdir(parents=True, exist_ok=True)
        weights, others = self.judged
        trained = self.trained
        for variable, value in zip(trained.trainable_variables, weights, strict=True):
            variable.assign(value)
        for variable, value in zip(trained.non_trainable_variables, others, strict=True):
            variable.assign(value)
        save_model(portable(self.model, trained.get_weights()), folder / "model.keras")
        (folder / "training.json").write_text(
            json.dumps({**facts, "history": self.history, "ended": self.ended}, indent=1) + "\n", encoding="utf-8"
        )

    def _validated(self, state: State) -> dict[str, float]:
        """Return loss and accuracy on the validation images, of the averaged weights with statistics of their own."""
        weights, ordered, size = self.steps.averaged(state), self.validation, self.batches.batch_size
        stream = ahead(self.batches, min(STATISTICS, self.batches.steps))
        others = self.steps.with_statistics(state, [self.steps.statistics(state, *batch) for batch in stream])
        self.judged = (weights, others)
        said = np.concatenate(
            [self._said(ordered.positions[at : at + size]) for at in range(0, len(ordered.targets), size)]
        )
        labels = ordered.targets.argmax(-1)
        losses = -np.log(np.maximum(said[np.arange(len(said)), labels], keras.config.epsilon()))
        return {"val_loss": float(losses.mean()), "val_accuracy": float(np.mean(said.argmax(-1) == labels))}

    def _said(self, positions: Any) -> Any:
        images = self.batches.shards.take(positions)
        padded = np.resize(images, (self.batches.batch_size, *images.shape[1:]))  # of one size: compiled once
        return np.asarray(self.steps.predict(*self.judged, padded), np.float32)[: len(images)]


if __name__ == "__main__":
    main()

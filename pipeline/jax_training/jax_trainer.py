"""A training under Keras's JAX backend, from prepared data to a folder of files."""

import json
import time
from pathlib import Path
from typing import Any

import jax
import keras
import numpy as np

from pipeline.base.errors import PipelineError
from pipeline.base.files import write_text
from pipeline.base.paths import PREPARED
from pipeline.config.params_file import read_params
from pipeline.config.schema.pipeline_schema import Config
from pipeline.data.dataset import Dataset
from pipeline.data.loader import OrderedBatches, TrainingBatches
from pipeline.jax_training.jax_batches import prefetched
from pipeline.jax_training.jax_step import State, Steps
from pipeline.jax_training.shifted_pooling import with_shifted_pooling
from pipeline.jax_training.training_record import RECORD, trained_settings
from pipeline.training.history import EpochMetrics
from pipeline.training.networks.build_network import build_network
from pipeline.training.networks.inference_model import inference_model, save_keras_file
from pipeline.training.networks.warm_start import load_initial_weights
from pipeline.training.recipe.augmentation import build_augmentation

ON_DEVICE = ("color", "rand_augment", "erase", "mixup", "cutmix")  # augmentation inside the steps, by Keras's layers
STATISTICS = 8  # batches for the statistics of batch normalization


def train(folder: Path, minutes: float) -> None:
    """Train as params.yaml says and write the result into `folder`.

    Args:
        folder: gets model.keras and training.json.
        minutes: no epoch begins after this many.

    Raises:
        PipelineError: no settings or no prepared data, settings that this training does not support, or a loss that is
            NaN or infinite.
    """
    config, dataset = read_params(Path()), Dataset(Path(PREPARED))
    if config.model.auxiliary_heads != "none" or config.model.freeze or config.recipe.class_weights != "none":
        raise PipelineError("pipeline.train_jax supports neither auxiliary heads nor frozen blocks nor class weights")
    if dataset.training_weights() is not None:
        raise PipelineError("pipeline.train_jax does not support weights of images: set data.table.weight=null")
    if config.recipe.patience:
        raise PipelineError("pipeline.train_jax does not support recipe.patience: it saves the last epoch")
    device, precision = jax.devices()[0], config.recipe.precision
    if precision == "auto":
        precision = "float32" if device.platform == "cpu" else "mixed_bfloat16"
    keras.utils.set_random_seed(config.recipe.seed)
    keras.config.set_dtype_policy(precision)
    facts: dict[str, Any] = {"device": device.device_kind, "backend": f"jax {jax.__version__}"}
    facts |= {"keras": keras.__version__, "precision": precision, "data_digest": dataset.info.digest}
    print(", ".join(facts.values()), flush=True)
    training = JaxTraining(config, dataset)
    training.run(minutes)
    training.write(folder, facts | {"settings": trained_settings(config)})


class JaxTraining:
    """One training, from its first step to its files.

    Args:
        config: network, initial weights (`model.init_from`, a file) and recipe.
        dataset: prepared data.
    """

    def __init__(self, config: Config, dataset: Dataset) -> None:
        recipe, shape = config.recipe, dataset.info.shape
        on_host = recipe.augment.model_copy(update=dict.fromkeys(ON_DEVICE, 0.0))
        self.epochs = recipe.epochs
        self.batches = TrainingBatches(dataset, recipe.batch_size, recipe.seed, build_augmentation(on_host, shape[2]))
        self.validation = OrderedBatches(dataset, "validation", recipe.batch_size)
        self.model = build_network(config.model, shape, len(dataset.info.classes), self.batches.steps)
        if config.model.init_from:
            load_initial_weights(self.model, Path(config.model.init_from))
        self.trained = with_shifted_pooling(self.model)
        self.steps = Steps(self.trained, recipe, self.batches.steps, shape[2])
        self.validated: tuple[list[Any], list[Any]] = ([], [])
        self.history: list[EpochMetrics] = []
        self.ended: list[float] = []

    def run(self, minutes: float) -> None:
        """Train and validate all epochs, or those that begin within this many minutes, and at least one."""
        last = time.monotonic() + 60 * minutes
        state, per_epoch = self.steps.start(), self.batches.steps
        stream = prefetched(self.batches, per_epoch * self.epochs)
        for epoch in range(1, self.epochs + 1):
            began, losses, accuracies = time.monotonic(), [], []
            for _ in range(per_epoch):
                state, loss, accuracy = self.steps.train(state, *next(stream))
                losses.append(loss)
                accuracies.append(accuracy)
            if not np.isfinite(losses).all():
                raise PipelineError(f"the loss is NaN or infinite in epoch {epoch}; lower recipe.learning_rate")
            metrics = {"epoch": epoch, "loss": float(np.mean(losses)), "accuracy": float(np.mean(accuracies))}
            rate = per_epoch * self.batches.batch_size / (time.monotonic() - began)
            self.history.append(metrics | self._validate(state))
            self.ended.append(time.time())
            line = ", ".join(f"{name} {value:.4f}" for name, value in self.history[-1].items() if name != "epoch")
            print(f"epoch {epoch}/{self.epochs} {line}, {rate:,.0f} images/s", flush=True)
            if time.monotonic() > last:
                break

    def write(self, folder: Path, facts: dict[str, Any]) -> None:
        """Write the network with the weights validated last, the history and `facts`."""
        folder.mkdir(parents=True, exist_ok=True)
        trained = self.trained
        for variables, values in zip(
            (trained.trainable_variables, trained.non_trainable_variables), self.validated, strict=True
        ):
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)
        save_keras_file(inference_model(self.model, trained.get_weights()), folder / "model.keras")
        record = {**facts, "history": self.history, "ended": self.ended}
        write_text(folder / RECORD, json.dumps(record, indent=1) + "\n")

    def _validate(self, state: State) -> EpochMetrics:
        """Return loss and accuracy on the validation images, with averaged weights and recomputed statistics."""
        weights, ordered, size = self.steps.averaged(state), self.validation, self.batches.batch_size
        stream = prefetched(self.batches, min(STATISTICS, self.batches.steps))
        others = self.steps.with_statistics(state, [self.steps.statistics(state, *batch) for batch in stream])
        self.validated = (weights, others)
        starts = range(0, len(ordered.labels), size)
        probabilities = np.concatenate([self._predict(ordered.positions[at : at + size]) for at in starts])
        labels = ordered.labels
        of_label = probabilities[np.arange(len(probabilities)), labels]
        losses = -np.log(np.maximum(of_label, keras.config.epsilon()))
        accuracy = float(np.mean(probabilities.argmax(-1) == labels))
        return {"val_loss": float(losses.mean()), "val_accuracy": accuracy}

    def _predict(self, positions: Any) -> Any:
        images = self.batches.shards.take(positions)
        padded = np.resize(images, (self.batches.batch_size, *images.shape[1:]))  # one size: compiled once
        return np.asarray(self.steps.predict(*self.validated, padded), np.float32)[: len(images)]

"""A search of the configured space as a first program does it: Keras Tuner's own tuner, Keras's own layers."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.base.paths import PREPARED
from pipeline.base.tensorflow_import import import_tensorflow
from pipeline.config.schema.search_schema import TuneConfig

if TYPE_CHECKING:
    from pipeline.data.dataset import Dataset


def search_with_keras_tuner(config: TuneConfig) -> tuple[float, list[float]]:
    """Search with Keras Tuner's RandomSearch on the data prepared in the working directory.

    Args:
        config: the search.

    Returns:
        The processor's seconds without start-up, and the validation accuracy of each trial's best epoch.
    """
    import_tensorflow()
    import keras
    import keras_tuner

    from benchmarks.keras_baseline import split_arrays
    from pipeline.data.dataset import Dataset
    from pipeline.search.hyperparameters import build_hyperparameters
    from pipeline.training.precision import choose_precision

    dataset, search = Dataset(Path(PREPARED)), config.search
    images, targets = split_arrays(dataset, "train")
    validation = split_arrays(dataset, "validation")
    keras.config.set_dtype_policy(choose_precision(config.recipe.precision)[0])
    tuner = keras_tuner.RandomSearch(
        lambda values: build_compiled(config, dataset, values.values),
        "val_accuracy",
        max_trials=search.max_trials,
        seed=search.seed + 1,
        directory="tuner_state",
        hyperparameters=build_hyperparameters(config),
    )
    size, start = config.recipe.batch_size, time.process_time()
    tuner.search(images, targets, batch_size=size, epochs=search.epochs, validation_data=validation, verbose=0)
    seconds = time.process_time() - start
    return seconds, [float(trial.score) for trial in tuner.oracle.trials.values()]


def build_compiled(config: TuneConfig, dataset: "Dataset", values: dict[str, Any]) -> Any:
    """Return a trial's network in Keras's own layers, compiled with Keras's own AdamW.

    Args:
        config: the search.
        dataset: prepared data.
        values: of the trial, by name.
    """
    import keras

    from pipeline.search.space import apply_values
    from pipeline.training.networks.build_network import build_network
    from pipeline.training.recipe.schedule import learning_rate_schedule

    trial = apply_values(config, values)
    recipe, classes = trial.recipe, len(dataset.info.classes)
    steps = len(dataset.rows("train")) // recipe.batch_size
    model = build_network(trial.model, dataset.info.shape, classes, steps)
    model.compile(
        keras.optimizers.AdamW(learning_rate_schedule(recipe, steps), weight_decay=recipe.weight_decay),
        keras.losses.CategoricalCrossentropy(label_smoothing=recipe.label_smoothing),
        metrics=["accuracy"],
    )
    return model

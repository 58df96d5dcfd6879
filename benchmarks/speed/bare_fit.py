"""The configured network, trained by `keras.Model.fit` on arrays in memory: prints the seconds of the fit.

Run it in a project with prepared data, as benchmarks/stage_times.py does: `python -m benchmarks.speed.bare_fit`.
"""

import time
from pathlib import Path

from pipeline.base.paths import PREPARED
from pipeline.base.tensorflow_import import import_tensorflow


def main() -> float:
    """Fit in the working directory's project; return the seconds of the fit, tracing included."""
    import_tensorflow()
    import keras

    from benchmarks.keras_baseline import split_arrays
    from pipeline.config.params_file import read_params
    from pipeline.data.dataset import Dataset
    from pipeline.training.networks.build_network import build_network
    from pipeline.training.precision import choose_precision
    from pipeline.training.recipe.optimizer import compile_model

    config, dataset = read_params(Path()), Dataset(Path(PREPARED))
    recipe = config.recipe
    keras.config.set_dtype_policy(choose_precision(recipe.precision)[0])
    images, targets = split_arrays(dataset, "train")
    steps = len(images) // recipe.batch_size
    images, targets = images[: steps * recipe.batch_size], targets[: steps * recipe.batch_size]
    validation = split_arrays(dataset, "validation")
    model = build_network(config.model, dataset.info.shape, len(dataset.info.classes), steps)
    compile_model(model, recipe, steps)
    start = time.monotonic()
    model.fit(
        images,
        targets,
        batch_size=recipe.batch_size,
        epochs=recipe.epochs,
        validation_data=validation,
        verbose=0,
    )
    return time.monotonic() - start


if __name__ == "__main__":
    print(main())

"""The configured network trained by `keras.Model.fit` on arrays in memory: prints its seconds. See stage_times.py."""

import time
from pathlib import Path

from pipeline.base.quiet import import_tensorflow


def main() -> float:
    """Fit in the working directory's project; return the seconds of the fit, tracing included."""
    import_tensorflow()
    import keras

    from pipeline.config.params_file import read_params
    from pipeline.data.dataset import Dataset
    from pipeline.data.loader import one_hot
    from pipeline.training.network import build
    from pipeline.training.precision import choose
    from pipeline.training.recipe import compile_model

    config = read_params(Path())
    dataset = Dataset(Path("outputs/prepare/images"))
    classes = len(dataset.description.classes)
    keras.config.set_dtype_policy(choose(config.recipe.precision)[0])
    arrays = []
    for split in ("train", "validation"):
        positions, labels = dataset.indices(split)
        arrays.append((dataset.shards.take(positions), one_hot(labels, classes)))
    (images, targets), validation = arrays
    steps = len(images) // config.recipe.batch_size
    images, targets = images[: steps * config.recipe.batch_size], targets[: steps * config.recipe.batch_size]
    model = build(config.model, dataset.description.shape, classes, steps)
    compile_model(model, config.recipe, steps)
    began = time.monotonic()
    model.fit(
        images,
        targets,
        batch_size=config.recipe.batch_size,
        epochs=config.recipe.epochs,
        validation_data=validation,
        verbose=0,
    )
    return time.monotonic() - began


if __name__ == "__main__":
    print(main())

"""A worker: the pipeline's compiled training step on one batch in memory, and its network's predictions."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.worker import Measured, serve, timed
from pipeline.base.quiet import import_tensorflow

IMAGES = Path("outputs/prepare/images")


def main() -> None:
    """Serve `train`, `predict_saved` (the float32 file that the pipeline writes) and `predict` (as it is trained)."""
    import_tensorflow()
    import keras

    from pipeline.model.cost import cost_of

    model, images, targets = compiled()
    step = train_step(model, images, targets)
    step()
    saved = as_saved(model)
    ways: dict[str, Callable[[], Any]] = {
        "train": step,
        "predict": lambda: model.predict_on_batch(images),
        "predict_saved": lambda: saved.predict_on_batch(images),
    }
    for way in ways.values():
        way()
    facts = {
        "policy": keras.config.dtype_policy().name,
        "multiply_adds": cost_of(model.layers).multiply_adds,
        "parameters": model.count_params(),
    }
    serve({name: _measure(way, len(images)) for name, way in ways.items()}, facts)


def compiled() -> tuple[Any, Any, Any]:
    """Return the configured network as the pipeline trains it, and a batch of images and of targets."""
    import tensorflow as tf

    from pipeline.config.params_file import read_params
    from pipeline.data.dataset import Dataset
    from pipeline.data.loader import TrainingBatches
    from pipeline.training.fit import prepare_keras, trainable

    config, dataset = read_params(Path()), Dataset(IMAGES)
    prepare_keras(config.recipe)
    batches = TrainingBatches(dataset, config.recipe.batch_size, config.recipe.seed)
    model = trainable(dataset, config.model, config.recipe, batches.steps)
    images, targets = batches.batch(0, 0)
    return model, tf.constant(images), tf.constant(targets)


def train_step(model: Any, images: Any, targets: Any) -> Callable[[], Any]:
    """Return the compiled step of `model` on the batch; the batch dimension stays unknown, as in the pipeline."""
    import tensorflow as tf

    signature = [tf.TensorSpec((None, *array.shape[1:]), array.dtype) for array in (images, targets)]
    step = tf.function(
        lambda pixels, wanted: model.train_step((pixels, wanted)),
        input_signature=signature,
        jit_compile=model.jit_compile,
    )
    return lambda: float(step(images, targets)["loss"])


def as_saved(model: Any) -> Any:
    """Return `model` as it comes back from the file that the pipeline saves."""
    import keras

    from pipeline.training.export import portable, save_model

    with TemporaryDirectory() as folder:
        file = Path(folder) / "model.keras"
        save_model(portable(model, model.get_weights()), file)
        return keras.models.load_model(file)


def _measure(way: Callable[[], Any], images: int) -> Callable[[float], Measured]:
    return lambda seconds: timed(way, images, seconds)


if __name__ == "__main__":
    main()

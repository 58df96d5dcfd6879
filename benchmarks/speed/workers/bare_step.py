"""A worker: the pipeline's compiled training step on one batch in memory, and its network's predictions."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.worker import measure, serve
from pipeline.base.paths import PREPARED
from pipeline.base.tensorflow_import import import_tensorflow


def main() -> None:
    """Serve `train`, `predict` (the network as it is trained) and `predict_saved` (the float32 file that is saved)."""
    import_tensorflow()
    import keras

    from pipeline.model.measured_cost import measured_cost

    model, images, targets = trainable_and_batch()
    step = train_step(model, images, targets)
    step()
    saved = saved_and_loaded(model)
    cases: dict[str, Callable[[], Any]] = {
        "train": step,
        "predict": lambda: model.predict_on_batch(images),
        "predict_saved": lambda: saved.predict_on_batch(images),
    }
    for case in cases.values():
        case()
    facts = {
        "policy": keras.config.dtype_policy().name,
        "multiply_adds": measured_cost(model.layers).multiply_adds,
        "parameters": model.count_params(),
    }
    serve({name: partial(measure, case, len(images)) for name, case in cases.items()}, facts)


def trainable_and_batch() -> tuple[Any, Any, Any]:
    """Return the configured network, compiled for training, and a batch as tensors: images, targets."""
    import tensorflow as tf

    from pipeline.config.params_file import read_params
    from pipeline.data.dataset import Dataset
    from pipeline.data.loader import TrainingBatches
    from pipeline.training.trainable import build_trainable, configure_keras

    config, dataset = read_params(Path()), Dataset(Path(PREPARED))
    configure_keras(config.recipe)
    batches = TrainingBatches(dataset, config.recipe.batch_size, config.recipe.seed)
    model = build_trainable(dataset, config.model, config.recipe, batches.steps)
    images, targets = batches.batch(0, 0)
    return model, tf.constant(images), tf.constant(targets)


def train_step(model: Any, images: Any, targets: Any) -> Callable[[], Any]:
    """Return a function that runs the compiled training step of `model` on one batch and returns the loss.

    The batch dimension stays unknown, as in the pipeline.

    Args:
        model: compiled.
        images: uint8 tensor (batch, height, width, channels).
        targets: one-hot, float32 tensor (batch, classes).
    """
    import tensorflow as tf

    signature = [tf.TensorSpec((None, *array.shape[1:]), array.dtype) for array in (images, targets)]
    step = tf.function(
        lambda pixels, labels: model.train_step((pixels, labels)),
        input_signature=signature,
        jit_compile=model.jit_compile,
    )
    return lambda: float(step(images, targets)["loss"])


def saved_and_loaded(model: Any) -> Any:
    """Return `model` saved as the pipeline saves it, and loaded from that file."""
    import keras

    from pipeline.training.networks.inference_model import inference_model, save_keras_file

    with TemporaryDirectory() as folder:
        file = Path(folder) / "model.keras"
        save_keras_file(inference_model(model, model.get_weights()), file)
        return keras.models.load_model(file)


if __name__ == "__main__":
    main()

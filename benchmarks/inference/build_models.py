"""Write the networks that are measured: `python -m benchmarks.inference.build_models FOLDER SIDE…`."""

import sys
from pathlib import Path

from benchmarks.inference.model_folder import CLASSES, STEMS, model_file
from pipeline.base.digests import file_digest
from pipeline.base.tensorflow_import import import_tensorflow
from pipeline.runtime.images.preprocessing import Preprocessing
from pipeline.runtime.model_spec import ModelSpec


def main() -> None:
    """Write the networks for the sides that the command line names."""
    folder, *sides = sys.argv[1:]
    import_tensorflow()
    for side in map(int, sides):
        build_model(Path(folder), side)


def build_model(folder: Path, side: int, width: float = 1.0) -> None:
    """Write a GoogLeNet with batch normalization and random weights, as a `.keras` file and for OpenVINO.

    Args:
        folder: of all models.
        side: of the images, in pixels.
        width: factor of the number of filters.
    """
    import keras

    from pipeline.model import googlenet
    from pipeline.training.networks.inference_model import save_keras_file
    from pipeline.training.networks.openvino_file import save_openvino

    keras.utils.set_random_seed(0)
    network = googlenet((side, side, 3), CLASSES, stem=STEMS[side], normalization="batch", width=width)
    names = tuple(f"class {number}" for number in range(CLASSES))
    spec = ModelSpec("benchmark", names, Preprocessing(side, side, 3, "crop"))
    file = model_file(folder, side)
    file.parent.mkdir(parents=True, exist_ok=True)
    save_keras_file(network, file, spec)
    save_openvino(network, file.parent / "openvino", spec, file_digest(file))


if __name__ == "__main__":
    main()

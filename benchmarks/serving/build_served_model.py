"""Write a network as the MLflow model that training logs.

The arguments are FILE and FOLDER. FILE is a `.keras` file with its OpenVINO model beside it.
"""

import sys
from pathlib import Path

import numpy as np

from pipeline.base.tensorflow_import import import_tensorflow
from pipeline.data.golden_batch import GoldenBatch, encoded
from pipeline.inference.model_files import find_model


def build_served_model(file: Path, folder: Path) -> None:
    """Write the MLflow model.

    Args:
        file: `.keras` file.
        folder: a new one.
    """
    import_tensorflow()
    import keras
    from mlflow.models import Model

    from pipeline.tracking.models.photo_flavor import (
        GOLDEN_FILE,
        KERAS_FILE,
        OPENVINO_FOLDER,
        PhotoFlavor,
        flavor_arguments,
    )

    spec, network = find_model(str(file)).spec(), keras.models.load_model(file)
    pixels = np.random.default_rng(0).integers(0, 256, (4, *spec.preprocessing.shape), np.uint8)
    images = encoded(pixels)
    golden = GoldenBatch(images, network.predict_on_batch(pixels))
    kept = folder.parent / f"{folder.name}.json"
    kept.write_text(golden.to_json(), encoding="utf-8")
    files = {KERAS_FILE: file, OPENVINO_FOLDER: file.parent / "openvino", GOLDEN_FILE: kept}
    PhotoFlavor.save_model(str(folder), Model(), **flavor_arguments(network, spec, golden, {}, files))
    kept.unlink()


if __name__ == "__main__":
    build_served_model(Path(sys.argv[1]), Path(sys.argv[2]))

"""A network with random weights, saved as training saves one."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.base.digests import file_digest
from pipeline.data.model_spec import ModelSpec
from pipeline.data.preprocessing import Preprocessing

CLASSES = ("cat", "ü <b>", "日本")


@pytest.fixture(scope="session")
def spec() -> ModelSpec:
    return ModelSpec("photos", CLASSES, Preprocessing(32, 24, 3, "crop"))


@pytest.fixture(scope="session")
def model_file(keras, spec, tmp_path_factory) -> Path:
    """A `.keras` file with its OpenVINO model beside it."""
    from pipeline.model import googlenet
    from pipeline.training.networks.inference_model import save_keras_file
    from pipeline.training.networks.openvino_file import save_openvino

    keras.utils.set_random_seed(0)
    network = googlenet((32, 24, 3), len(CLASSES), stem="small", normalization="batch", width=0.125)
    file = tmp_path_factory.mktemp("model") / "model.keras"
    save_keras_file(network, file, spec)
    save_openvino(network, file.parent / "openvino", spec, file_digest(file))
    return file


@pytest.fixture(scope="session")
def classifier(model_file):
    from pipeline.inference import load_model

    return load_model(str(model_file), engine="openvino")


@pytest.fixture(scope="session")
def photos(tmp_path_factory) -> Path:
    """Twelve pictures in two folders, of different sizes and formats, and a text file named .jpg."""
    folder = tmp_path_factory.mktemp("my photos 🙂")
    random = np.random.default_rng(0)
    for number in range(12):
        place = folder / CLASSES[number % 2]
        place.mkdir(exist_ok=True)
        coarse = random.integers(0, 256, (4, 5, 3), np.uint8)
        image = Image.fromarray(coarse).resize((40 + number, 60), Image.Resampling.BICUBIC)
        image.save(place / f"{number:02d}.{('png', 'jpg', 'webp')[number % 3]}")
    (folder / CLASSES[0] / "notes.jpg").write_text("not a picture")
    return folder

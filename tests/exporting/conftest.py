"""A project with prepared digits and a small trained network, and that network exported."""

import shutil
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def project(root, config, keras, tmp_path_factory) -> Path:
    """The digits 0 to 2, prepared at 16×16, and trained.keras, which has learned them."""
    from PIL import Image
    from sklearn.datasets import load_digits

    from pipeline.data.dataset import Dataset
    from pipeline.data.record import Record
    from pipeline.training.networks.inference_model import save_keras_file
    from tests.packed_images import packed

    folder = tmp_path_factory.mktemp("export project")
    shutil.copytree(root / "conf", folder / "conf")
    for name in ("dvc.yaml", "params.yaml"):
        shutil.copy(root / name, folder)
    digits, splits = load_digits(n_class=3), ("train", "train", "validation", "test")
    records = [
        Record(str(i), str(digits.target[i]), splits[i % 4], Image.fromarray((digits.images[i] * 15).astype("u1")).copy)
        for i in range(240)
    ]
    place = folder / "outputs/prepare/images"
    place.mkdir(parents=True)
    packed(records, config.data.model_copy(update={"height": 16, "width": 16}), place)
    dataset = Dataset(place)
    keras.utils.set_random_seed(0)
    layers = keras.layers
    network = keras.Sequential([
        layers.Input((16, 16, 1), dtype="uint8", name="images"), layers.Rescaling(1 / 127.5, -1),
        layers.Conv2D(8, 3, activation="relu"), layers.MaxPooling2D(), layers.Conv2D(64, 3, use_bias=False),
        layers.BatchNormalization(momentum=0.5), layers.Activation("relu"),
        layers.Conv2D(64, 3, activation="relu"), layers.GlobalAveragePooling2D(),
        layers.Dense(3, activation="softmax"),
    ])  # fmt: skip
    network = keras.Model(network.inputs, network.outputs)
    network.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    positions, labels = dataset.indices("train")
    network.fit(dataset.shards.take(positions), labels, epochs=25, verbose=0)
    save_keras_file(network, folder / "trained.keras", dataset.info.model_spec)
    return folder


@pytest.fixture(scope="session")
def exported(project):
    """The folder of an export of all formats, with int8, and its report."""
    from pipeline.exporting.export_run import ExportRun
    from pipeline.exporting.formats.variant import FORMATS, wanted_variants
    from pipeline.inference.model_files import find_model

    files = find_model(str(project / "trained.keras"))
    run = ExportRun(files, project / "exports/googlenet-digits-1", project, int8=True)
    run.write(wanted_variants([*FORMATS], int8=True))
    assert run.failures == []
    return run.folder, run.measured(rounds=1)


@pytest.fixture
def export(command, project, tmp_path):
    """Run the command with the trained network, in the project, with an empty folder as --output."""

    def call(*arguments, model="trained.keras", folder=project, output=tmp_path / "out"):
        place = ["--output", str(output)] if output else []
        ended = command(folder, "pipeline.export", *([model] if model else []), "--rounds", "0", *place, *arguments)
        assert "Traceback" not in ended.errors
        return ended

    return call

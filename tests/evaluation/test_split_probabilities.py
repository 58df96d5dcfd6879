import numpy as np
import pytest
from PIL import Image

from pipeline.base.errors import PipelineError
from pipeline.base.tensorflow_import import import_tensorflow
from pipeline.data.dataset import Dataset
from pipeline.data.record import Record
from pipeline.evaluation.split_probabilities import open_network, split_probabilities
from tests.packed_images import packed


@pytest.fixture(scope="module")
def dataset(config, tmp_path_factory):
    """Return images of one gray level each: their path says which."""
    folder = tmp_path_factory.mktemp("packed")
    records = [
        Record(f"{number}", "ab"[number % 2], None, lambda number=number: Image.new("L", (8, 8), number * 4))
        for number in range(60)
    ]
    packed(records, config.data.model_copy(update={"height": 8, "width": 8}), folder)
    return Dataset(folder)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Return a function that saves a network whose first probability is the image's mean brightness."""
    import_tensorflow()
    import keras

    def saved(classes):
        inputs = keras.Input((8, 8, 1))
        mean = keras.layers.GlobalAveragePooling2D()(keras.layers.Rescaling(1 / 255)(inputs))
        weights = np.zeros((1, classes), np.float32)
        weights[0, :2] = 1, -1
        bias = np.eye(classes, dtype=np.float32)[1]
        dense = keras.layers.Dense(classes)
        model = keras.Model(inputs, dense(mean))
        dense.set_weights([weights, bias])
        file = tmp_path_factory.mktemp("model") / "model.keras"
        model.save(file)
        return file

    return saved


@pytest.mark.parametrize("batch_size", [5, 100])
def test_probabilities_come_in_the_manifests_order(dataset, saved, batch_size):
    found = split_probabilities(open_network(saved(2), dataset), dataset, "test", batch_size)
    levels = dataset.rows("test")["path"].astype(int).to_numpy() * 4 / 255
    np.testing.assert_allclose(found, np.stack([levels, 1 - levels], axis=1), atol=1e-5)


def test_a_network_for_other_classes_is_refused(dataset, saved):
    with pytest.raises(PipelineError, match=r"\(8, 8, 1, 3\), the data are \(8, 8, 1, 2\)"):
        open_network(saved(3), dataset)


def test_a_missing_network_says_how_to_make_it(dataset, tmp_path):
    with pytest.raises(PipelineError, match="dvc repro train"):
        open_network(tmp_path / "model.keras", dataset)

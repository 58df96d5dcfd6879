import numpy as np
import pytest
from PIL import Image

from pipeline.base.errors import PipelineError
from pipeline.base.tensorflow_import import import_tensorflow
from pipeline.data.dataset import Dataset
from pipeline.data.record import Record
from pipeline.evaluation.predicted_images import image_probabilities, open_network, predicted_images, smallest_digests
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
    positions = dataset.rows("test")["position"].to_numpy()
    found = image_probabilities(open_network(saved(2), dataset), dataset.shards, positions, batch_size)
    levels = dataset.rows("test")["path"].astype(int).to_numpy() * 4 / 255
    np.testing.assert_allclose(found, np.stack([levels, 1 - levels], axis=1), atol=1e-5)


def test_all_test_and_validation_images_are_predicted_and_some_training_images(config, dataset, saved):
    settings = config.evaluation.model_copy(update={"training_images": 7, "batch_size": 16})
    table = predicted_images(open_network(saved(2), dataset), dataset, dataset.manifest, settings)
    counts = dataset.manifest["split"].value_counts()
    assert table["split"].value_counts().to_dict() == {
        "test": counts["test"], "validation": counts["validation"], "train": 7,
    }  # fmt: skip
    levels = table["path"].astype(int).to_numpy() * 4 / 255
    np.testing.assert_allclose(table["p_a"], levels, atol=1e-5)
    assert (table["width"] == 8).all()
    trained = dataset.rows("train")
    assert set(table.loc[table["split"] == "train", "digest"]) == set(trained["digest"].sort_values().head(7))


def test_no_training_image_is_predicted_if_none_is_asked_for(config, dataset, saved):
    settings = config.evaluation.model_copy(update={"training_images": 0})
    table = predicted_images(open_network(saved(2), dataset), dataset, dataset.manifest, settings)
    assert set(table["split"]) == {"test", "validation"}


def test_a_sample_depends_on_contents_and_keeps_the_order(dataset):
    rows = dataset.manifest
    chosen = smallest_digests(rows, 10)
    assert set(chosen["digest"]) == set(smallest_digests(rows.sample(frac=1, random_state=0), 10)["digest"])
    assert chosen.index.is_monotonic_increasing
    assert smallest_digests(rows, None) is rows


def test_a_network_for_other_classes_is_refused(dataset, saved):
    with pytest.raises(PipelineError, match=r"\(8, 8, 1, 3\), the data are \(8, 8, 1, 2\)"):
        open_network(saved(3), dataset)


def test_a_missing_network_says_how_to_make_it(dataset, tmp_path):
    with pytest.raises(PipelineError, match="dvc repro train"):
        open_network(tmp_path / "model.keras", dataset)

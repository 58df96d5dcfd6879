"""Photos in any form give the same predictions, by either engine, in their order."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from pipeline.base.errors import PipelineError
from pipeline.inference import load_model
from pipeline.inference.file_list import listed_files
from pipeline.runtime.classifier import batch_size
from pipeline.runtime.images.image_inputs import file_image
from pipeline.runtime.prediction import row


@pytest.fixture(scope="module")
def images(photos):
    return [file_image(file.path) for file in listed_files([str(photos)])]


def test_a_path_bytes_a_pillow_image_and_an_array_of_one_photo_get_one_prediction(classifier, photos):
    file = photos / "cat" / "00.png"
    image = Image.open(file)
    table = classifier.predict([file, str(file), file.read_bytes(), image, np.asarray(image)], top=2)
    assert list(table.columns) == ["image", "predicted", "confidence", "predicted_2", "confidence_2", "error"]
    assert len(table.drop(columns="image").drop_duplicates()) == 1
    assert list(table["image"]) == [str(file), str(file), "image 2", "image 3", "image 4"]
    assert table["confidence"].iloc[0] > table["confidence_2"].iloc[0]


def test_a_batch_of_arrays_gets_a_row_each(classifier):
    table = classifier.predict(np.zeros((3, 50, 40, 3), np.uint8))
    assert list(table["image"]) == ["image 0", "image 1", "image 2"]
    assert set(table["predicted"]) <= set(classifier.classes)


def test_both_engines_agree(classifier, model_file, images):
    by_keras = load_model(str(model_file), engine="keras")
    assert (classifier.engine.name.split()[0], by_keras.engine.name.split()[0]) == ("OpenVINO", "Keras")
    for one, other in zip(classifier.stream(images), by_keras.stream(images), strict=True):
        assert (one.name, one.error) == (other.name, other.error)
        if not one.error:
            np.testing.assert_allclose(one.probabilities, other.probabilities, atol=0.02)  # bfloat16 where there is


def test_many_workers_change_nothing_and_keep_the_order(model_file, images):
    many = images * 20
    alone = list(load_model(str(model_file)).stream(many))
    shared = list(load_model(str(model_file), parallel=3).stream(many, workers=3))
    assert [one.name for one in shared] == [image.name for image in many]
    for one, other in zip(alone, shared, strict=True):
        assert one.error == other.error
        if not one.error:
            np.testing.assert_allclose(one.probabilities, other.probabilities, atol=0.02)


def test_an_unreadable_photo_has_its_reason_and_the_rest_is_done(classifier, images):
    errors = {prediction.name: prediction.error for prediction in classifier.stream(images)}
    assert [name for name, error in errors.items() if error] == [
        name for name in errors if name.endswith("cat/notes.jpg")
    ]
    assert "not an image of a format that Pillow reads" in errors.values()


def test_nothing_to_classify_gives_an_empty_table(classifier):
    assert len(classifier.predict([])) == 0
    assert list(classifier.stream([])) == []


@pytest.mark.parametrize("top", [0, -1, "2"])
def test_a_wrong_number_of_classes_is_refused(classifier, top):
    with pytest.raises(PipelineError, match="top must be a whole number of at least 1"):
        classifier.predict([], top=top)


def test_an_unknown_engine_is_refused(model_file):
    with pytest.raises(PipelineError, match="engine must be one of auto, openvino, keras, got 'tensorflow'"):
        load_model(model_file, engine="tensorflow")


def test_gray_images_and_color_networks_meet(classifier):
    gray = np.full((50, 40), 130, np.uint8)
    color = np.repeat(gray[..., None], 3, axis=-1)
    table = classifier.predict([gray, color, gray[..., None]])
    assert table["confidence"].nunique() == 1


@pytest.mark.parametrize(
    ("images", "workers", "size"), [(0, 1, 1), (1, 1, 1), (32, 1, 32), (33, 2, 17), (600, 16, 19), (10_000, 16, 32)]
)
def test_all_workers_have_equally_many_batches(images, workers, size):
    assert batch_size(images, workers) == size


def test_the_table_has_the_rows_of_the_stream(classifier, images):
    many = [image.name for image in images] * 4  # more than a batch, with unreadable ones
    table = classifier.predict(many, top=9)
    for line, one in zip(
        table.itertuples(index=False), classifier.stream([file_image(name) for name in many]), strict=True
    ):
        values = ["" if pd.isna(value) else value for value in line]
        expected = ["" if value is None else value for value in row(one, classifier.classes, 9)]
        assert [value for value in values if isinstance(value, str)] == [v for v in expected if isinstance(v, str)]
        assert values[2:-1:2] == pytest.approx(expected[2:-1:2], abs=0.02) or one.error

import os
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from pipeline.data.sources import list_source
from pipeline.data.sources.arrays import array_records
from pipeline.data.sources.keras_sets import CIFAR10, CLASSES, labeled_records
from tests.packed_images import packed


def test_array_records_hold_each_image_with_its_label():
    images = np.arange(2 * 4 * 5, dtype=np.uint8).reshape(2, 4, 5)
    found = array_records(images, ["x", "y"], "set", "test")
    assert [(record.path, record.label, record.split) for record in found] == [
        ("set/00000", "x", "test"),
        ("set/00001", "y", "test"),
    ]
    assert (np.asarray(found[1].open()) == images[1]).all()


def test_as_many_labels_as_images_are_asked():
    with pytest.raises(ValueError, match="zip"):
        array_records(np.zeros((2, 4, 4), np.uint8), ["x"], "set")


def test_the_digits_are_all_there(config, root):
    found = list_source(config.data, root).records
    assert len(found) == len({record.path for record in found}) == 1797
    assert {record.split for record in found} == {None}
    assert sorted(Counter(record.label for record in found)) == list("0123456789")
    pixels = np.stack([np.asarray(record.open()) for record in found])
    assert pixels.shape == (1797, 8, 8)
    assert (pixels.min(), pixels.max()) == (0, 255)


def test_the_example_files_are_digits_that_the_default_split_tests(config, root, tmp_path):
    """So that README's predictions are of images on which nothing was trained."""
    records = {record.path: record for record in list_source(config.data, root).records}
    _, manifest = packed(list(records.values()), config.data, tmp_path)
    tested = set(manifest.loc[manifest["split"] == "test", "path"])
    files = list((root / "docs/digits").glob("*/*.png"))
    assert len(files) == 30
    for file in files:
        name = f"digits/{file.stem}"
        assert name in tested
        assert records[name].label == file.parent.name
        assert (np.asarray(Image.open(file)) == np.asarray(records[name].open())).all()


def test_keras_labels_become_class_names():
    images = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3), np.uint8)
    found = labeled_records("cifar10", images, np.array([[9], [0], [3]], np.uint8))
    assert [record.label for record in found] == ["truck", "airplane", "cat"]
    assert [record.path for record in found] == [f"cifar10/train/0000{index}" for index in range(3)]
    assert {record.split for record in found} == {None}
    assert (np.asarray(found[2].open()) == images[2]).all()


def test_keras_test_images_stay_test_images():
    (record,) = labeled_records("mnist", np.zeros((1, 28, 28), np.uint8), np.array([7], np.uint8), test=True)
    assert (record.path, record.label, record.split) == ("mnist/test/00000", "7", "test")
    assert record.open().mode == "L"


def test_each_keras_set_has_as_many_names_as_classes():
    assert {name: len(set(names)) for name, names in CLASSES.items()} == {
        "mnist": 10,
        "fashion_mnist": 10,
        "cifar10": len(CIFAR10),
        "cifar100": 100,
    }
    assert sorted(CLASSES["cifar100"]) == list(CLASSES["cifar100"])


def test_without_a_network_the_error_names_what_works(root, tmp_path):
    code = (
        "from pipeline.base.errors import PipelineError\n"
        "from pipeline.data.sources.keras_sets import keras_records\n"
        "try:\n    keras_records('mnist')\nexcept PipelineError as error:\n    print('refused:', error)\n"
    )
    proxies = dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"), "http://127.0.0.1:9")
    hidden = ("NO_PROXY", "no_proxy")
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    environment = {**kept, **proxies, "KERAS_HOME": str(tmp_path), "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    line = next(line for line in done.stdout.splitlines() if line.startswith("refused:"))
    assert "data.source=mnist" in line
    assert "data=digits" in line


def test_classes_and_images_are_chosen_from_any_source(config, root):
    found = list_source(config.data.model_copy(update={"classes": ["9", "1"], "max_per_class": 5}), root)
    assert found.classes == ["9", "1"]
    assert Counter(record.label for record in found.records) == {"9": 5, "1": 5}
    assert len(found.left_out) == 1787

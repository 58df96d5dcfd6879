"""Which test images are offered as examples."""

import io
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from pipeline.data.dataset import Dataset, write_dataset_info
from pipeline.data.packing.shard_writer import write_shards
from pipeline.runtime.images.preprocessing import Preprocessing
from pipeline.web.example_images import prepared_examples, project_examples


def test_they_are_test_images_one_of_each_class_first(project, spec, monkeypatch):
    monkeypatch.chdir(project)
    examples = project_examples(spec)
    assert [example.label for example in examples] == [*spec.classes, *spec.classes]
    images = Dataset(project / "outputs" / "prepare" / "images").shards.take(np.arange(6, 12))
    for example, image in zip(examples, images, strict=True):
        assert np.array_equal(np.asarray(Image.open(io.BytesIO(example.png))), image)


def test_a_model_of_other_classes_or_another_size_has_none(project, spec, monkeypatch):
    monkeypatch.chdir(project)
    assert project_examples(replace(spec, classes=("a", "b"))) == []
    assert project_examples(replace(spec, preprocessing=replace(spec.preprocessing, resize="pad"))) == []


def test_without_a_project_or_its_images_there_are_none(tmp_path, spec, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert project_examples(spec) == []
    (tmp_path / "conf").mkdir()
    (tmp_path / "dvc.yaml").touch()
    assert project_examples(spec) == []


@pytest.mark.parametrize(("classes", "expected"), [(4, "0 1 2 3 0 1 2 3 0 1"), (28, "0 3 6 9 12 15 18 21 24 27")])
def test_many_classes_are_sampled_evenly_and_few_have_several(tmp_path, classes, expected):
    write_shards(tmp_path, np.zeros((5 * classes, 8, 8, 1), np.uint8))
    number = np.arange(5 * classes)
    columns = {"class_index": number % classes, "label": (number % classes).astype(str), "position": number}
    manifest = pd.DataFrame(columns).assign(split="test", digest=number.astype(str), weight=1.0)
    info = write_dataset_info(tmp_path, "gray", manifest, [*map(str, range(classes))], Preprocessing(8, 8, 1, "crop"))
    assert " ".join(example.label for example in prepared_examples(tmp_path, info.model_spec)) == expected

import dataclasses

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from pipeline.base.errors import PipelineError
from pipeline.data.dataset import Dataset
from pipeline.data.final_manifest import AUDIT_ONLY
from pipeline.data.record import Record
from tests.packed_images import packed


def image_record(label, number, split=None, broken=False):
    pixels = np.random.default_rng([number, *label.encode()]).integers(0, 256, (8, 8), np.uint8)

    def unreadable():
        raise OSError("broken\nfile")

    return Record(f"{label}/{number}", label, split, unreadable if broken else lambda: Image.fromarray(pixels))


def some(labels="ab", count=10):
    return [image_record(label, number) for label in labels for number in range(count)]


@pytest.fixture
def data(config):
    return config.data.model_copy(update={"height": 8, "width": 8})


@pytest.fixture
def digest(data, tmp_path_factory):
    def digest(records, settings=data):
        return packed(records, settings, tmp_path_factory.mktemp("packed"))[0].digest

    return digest


def test_the_manifest_has_a_row_for_every_image(data, tmp_path):
    records = some("ba")
    description, manifest = packed(records, data, tmp_path)
    assert description.classes == ["a", "b"]
    assert description.shape == [8, 8, 1]
    assert manifest["path"].tolist() == [record.path for record in records]
    assert manifest["class_index"].tolist() == [1] * 10 + [0] * 10
    assert manifest["position"].tolist() == list(range(20))
    assert set(manifest["verdict"]) == {"ok"}
    assert pd.crosstab(manifest["label"], manifest["split"]).to_dict() == {
        "test": {"a": 2, "b": 2},
        "validation": {"a": 1, "b": 1},
        "train": {"a": 7, "b": 7},
    }


def test_a_dataset_reads_back_what_was_packed(data, tmp_path):
    records = some()
    info, manifest = packed(records, data, tmp_path)
    read = Dataset(tmp_path)
    assert read.info == info
    pd.testing.assert_frame_equal(read.manifest, manifest.drop(columns=AUDIT_ONLY), check_dtype=False)
    positions, classes = read.indices("test")
    rows = manifest[manifest["split"] == "test"]
    assert read.rows("test")["path"].tolist() == rows["path"].tolist()
    assert classes.tolist() == rows["class_index"].tolist()
    wanted = [np.asarray(records[index].open())[..., None] for index in rows.index]
    assert (read.shards.take(positions) == wanted).all()


def test_unreadable_images_keep_their_row_and_take_no_place(data, tmp_path):
    records = some()
    records[3] = image_record("a", 3, broken=True)
    records[0] = image_record("a", 0, "test", broken=True)
    _, manifest = packed(records, data, tmp_path)
    assert manifest["position"].tolist() == [-1, 0, 1, -1, *range(2, 18)]
    assert manifest["verdict"][3] == "unreadable"
    assert manifest["reason"][3] == "broken file"
    read = Dataset(tmp_path)
    assert len(read.shards) == 18
    shown = [name for split in ("train", "validation", "test") for name in read.rows(split)["path"]]
    assert sorted(shown) == sorted(record.path for record in records if record.path not in ("a/0", "a/3"))
    positions = read.manifest.set_index("path")["position"]
    assert (read.shards.take(np.array([positions["b/4"]]))[0, ..., 0] == np.asarray(records[14].open())).all()


def test_the_order_of_records_survives_decoding_in_parts(data, tmp_path):
    records = some(count=100)
    packed(records, data, tmp_path)
    assert (Dataset(tmp_path).shards.take(np.arange(200))[..., 0] == [np.asarray(one.open()) for one in records]).all()


@pytest.mark.parametrize(
    ("records", "message"),
    [
        (some("a"), r"only the class 'a'"),
        ([*some("a"), image_record("b", 1, broken=True)], r"no image of class 'b' is left \(b/1: unreadable"),
        (some(count=1), r"no image of 2 falls to the (validation|test) split"),
        ([image_record(label, 1, "test") for label in "ab"], r"falls to the train split"),
    ],
)
def test_what_cannot_be_split_into_classes_is_refused(data, tmp_path, records, message):
    with pytest.raises(PipelineError, match=message):
        packed(records, data, tmp_path)


def test_the_digest_does_not_change_with_the_order_or_the_names(digest):
    renamed = [dataclasses.replace(record, path=f"x/{record.path}") for record in some()]
    assert digest(some()) == digest(some()[::-1]) == digest(renamed)


def test_the_digest_changes_with_pixels_class_split_and_shape(digest, data):
    other_pixels = [*some()[:-1], image_record("b", 99)]
    other_class = [*some()[:-1], dataclasses.replace(some()[-1], label="a")]
    other_name = [dataclasses.replace(record, label=record.label + "x") for record in some()]
    other_seed = data.model_copy(update={"split": data.split.model_copy(update={"seed": 5})})
    wider = data.model_copy(update={"width": 9})
    found = [digest(records) for records in (some(), other_pixels, other_class, other_name)]
    found += [digest(some(), settings) for settings in (other_seed, wider)]
    assert len(set(found)) == len(found)


def test_the_digest_changes_with_what_the_network_sees(digest, data):
    tall = [dataclasses.replace(record, content=lambda one=record: one.open().crop((0, 0, 4, 8))) for record in some()]
    ways = [data.model_copy(update={"resize": way}) for way in ("stretch", "crop", "pad")]
    assert len({digest(tall, way) for way in ways}) == 3


def test_a_folder_without_prepared_data_says_how_to_make_it(tmp_path):
    with pytest.raises(PipelineError, match="dvc repro prepare"):
        Dataset(tmp_path)
    assert not list(tmp_path.iterdir())

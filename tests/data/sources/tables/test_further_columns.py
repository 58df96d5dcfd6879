"""Columns of a table that the preparation does not need reach the final manifest, and no other output."""

import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from pipeline.config.schema.data_schema import TableConfig
from pipeline.data.final_manifest import split_images
from pipeline.data.pack import pack_images
from pipeline.data.sources import list_source
from pipeline.data.sources.tables.further_columns import manifest_columns
from pipeline.data.sources.tables.table_file import read_table

TEXT = "path,label,camera,age,code,,camera\n1.png,cat, old ,3,007,x,m\n2.png,dog,,4.5,1,,m\n"


def further(data, columns=("path", "label")):
    found = read_table(data, "labels", columns).further
    return {name: list(values) for name, values in found.items()}


def test_a_csv_file_gives_its_other_columns_with_names_that_differ():
    assert further(TEXT.encode()) == {
        "camera": ["old", ""], "age": ["3", "4.5"], "code": ["007", "1"], "column 6": ["x", ""], "camera 2": ["m", "m"],
    }  # fmt: skip


def test_parquet_gives_its_plain_columns_only():
    table = pa.table({
        "path": ["1.png", "2.png"], "label": ["cat", "dog"], "age": [3, None], "share": [0.5, 1.0],
        "old": [True, False], "camera": pa.array(["a", "b"]).dictionary_encode(),
        "image": [{"bytes": b"x"}, {"bytes": b"y"}], "boxes": [[1], [2]],
        "content": [b"x", b"y"], "nothing": pa.nulls(2),
    })  # fmt: skip
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    assert further(buffer.getvalue()) == {
        "age": ["3", ""], "share": ["0.5", "1"], "old": ["True", "False"], "camera": ["a", "b"]
    }  # fmt: skip


def test_parquet_columns_that_cannot_be_written_are_left_out_each_on_its_own():
    columns = {
        "path": pa.array(["1.png", "2.png"]), "label": pa.array(["cat", "dog"]), "camera": pa.array(["a", "b"]),
        "far": pa.array([3_000_000, 1], pa.date32()), "zone": pa.array([1, 2], pa.timestamp("us", "Mars/Base")),
        "content": pa.array([b"x", b"y"], pa.binary_view()), "boxes": pa.array([{"x": 1}, {"x": 2}]),
        "day": pa.array([0, 1], pa.date32()), "again": pa.array([1, 2]), "nested": pa.array([3, 4]),
    }  # fmt: skip
    names = [{"again": "camera", "nested": "boxes"}.get(name, name) for name in columns]
    buffer = io.BytesIO()
    pq.write_table(pa.table(list(columns.values()), names=names), buffer)
    assert further(buffer.getvalue()) == {
        "camera": ["a", "b"], "camera 2": ["1", "2"], "boxes": ["3", "4"], "day": ["1970-01-01", "1970-01-02"]
    }  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["3", "4"], [3, 4, None]),
        (["3.5", ""], [3.5, None, None]),
        (["007", "8"], ["007", "8", None]),
        (["1", "x"], ["1", "x", None]),
        (["nan", "inf"], ["nan", "inf", None]),
        (["1e3", "-2"], [1000, -2, None]),
        (["1234567890123456789", "1"], ["1234567890123456789", "1", None]),
        (["", ""], [None, None, None]),
    ],
)
def test_a_column_is_one_of_numbers_if_all_its_values_are(texts, expected):
    column = manifest_columns({"x": texts}, np.array([0, 1, -1]))["table.x"]
    assert [None if pd.isna(value) else value for value in column] == expected


@pytest.fixture
def prepared(config, tmp_path):
    """Return what prepares twenty photos by a table, with or without further columns."""

    def prepare(name, **columns):
        folder = tmp_path / name
        (folder / "photos").mkdir(parents=True)
        random = np.random.default_rng(0)
        for number in range(20):
            Image.fromarray(random.integers(0, 256, (8, 8, 3), np.uint8)).save(folder / f"photos/{number}.png")
        (folder / "photos/not in the table.png").write_bytes(b"x")
        rows = {"path": [f"{number}.png" for number in range(20)], "label": ["cat", "dog"] * 10}
        pd.DataFrame(rows | columns).to_csv(folder / "photos/labels.csv", index=False)
        settings = {"source": "table", "path": str(folder / "photos"), "height": 8, "width": 8, "channels": 3}
        data = config.data.model_copy(update={**settings, "table": TableConfig(file="labels.csv")})
        listing, images = list_source(data, folder), folder / "images"
        images.mkdir()
        _, manifest = split_images(pack_images(listing, data, images).audit, listing.classes, data, images)
        return manifest, {file.name: file.read_bytes() for file in images.iterdir()}

    return prepare


def test_they_are_in_the_final_manifest_and_change_nothing_that_training_reads(prepared):
    camera, age = [f"camera {number}" for number in range(20)], list(range(20))
    manifest, files = prepared("with", camera=camera, age=age, verdict="mine")
    plain, same = prepared("without")
    assert files == same
    named = manifest[manifest["position"] >= 0]
    numbers = named["path"].str.removesuffix(".png").astype(int)
    assert (named["table.camera"] == "camera " + numbers.astype(str)).all()
    assert (named["table.age"] == numbers).all()
    assert set(named["table.verdict"]) == {"mine"}
    assert manifest.drop(columns=["table.camera", "table.age", "table.verdict"]).equals(plain)
    other = manifest[manifest["path"] == "not in the table.png"].iloc[0]
    assert pd.isna(other["table.camera"])
    assert pd.isna(other["table.age"])

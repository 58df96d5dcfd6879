"""CSV, JSON Lines and Parquet hold what was predicted, whatever the names are."""

import csv
import io
import json

import numpy as np
import pyarrow.parquet as pq
import pytest

from pipeline.base.printable import printable
from pipeline.inference.output.writers import CsvWriter, JsonLinesWriter, ParquetWriter
from pipeline.runtime.prediction import Prediction

CLASSES = ("cat", 'd"o,g', "owl\n")
GOOD = Prediction("a.jpg", np.array([0.25, 0.7, 0.05], np.float32))
BAD = Prediction("b.jpg", None, "truncated, sadly")
HOSTILE = ["=1+1.jpg", "a,b\n.jpg", '"; DROP', "-x", "caf\udce9.jpg", "\x1b[31m.jpg", "🙂.jpg"]


def test_csv_has_a_line_for_each_image():
    stream = io.StringIO()
    writer = CsvWriter(stream, CLASSES, 2, labeled=True)
    writer.write(GOOD, "cat")
    writer.write(BAD, "owl\n")
    assert list(csv.reader(io.StringIO(stream.getvalue()))) == [
        ["path", "label", "predicted", "confidence", "predicted_2", "confidence_2", "error"],
        ["a.jpg", "cat", 'd"o,g', "0.7", "cat", "0.25", ""],
        ["b.jpg", r"owl\n", "", "", "", "", "truncated, sadly"],
    ]


@pytest.mark.parametrize("name", HOSTILE)
def test_csv_survives_any_name(name):
    stream = io.StringIO()
    CsvWriter(stream, CLASSES, 1, labeled=False).write(Prediction(name, GOOD.probabilities), None)
    (_, row) = csv.reader(io.StringIO(stream.getvalue().encode("utf-8").decode("utf-8"), newline=""))
    assert len(row) == 4
    assert row[0][0] not in "=+-@"
    assert row[0].removeprefix("./") == printable(name)


@pytest.mark.parametrize("name", HOSTILE)
def test_json_lines_survive_any_name(name):
    stream = io.StringIO()
    writer = JsonLinesWriter(stream, CLASSES, 2, labeled=False)
    writer.write(Prediction(name, GOOD.probabilities), None)
    writer.write(BAD, None)
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert first["path"] == name.encode("utf-8", "backslashreplace").decode()
    assert (first["predicted"], first["confidence"], first["error"]) == ('d"o,g', 0.7, None)
    assert first["top"][1] == {"class": "cat", "probability": 0.25}
    assert second == {"path": "b.jpg", "predicted": None, "confidence": None, "top": [], "error": "truncated, sadly"}


def test_parquet_has_every_classs_probability(tmp_path):
    writer = ParquetWriter(tmp_path / "p.parquet", CLASSES, labeled=True)
    for index in range(1500):  # more than a row group
        writer.write(BAD if index % 3 else GOOD, "cat")
    writer.close()
    table = pq.read_table(tmp_path / "p.parquet").to_pandas()
    assert list(table.columns) == [
        "path",
        "label",
        "predicted",
        "error",
        "confidence",
        *(f"p_{name}" for name in CLASSES),
    ]
    assert len(table) == 1500
    assert list(table.iloc[0])[:3] == ["a.jpg", "cat", 'd"o,g']
    np.testing.assert_allclose(table.iloc[0][["p_cat", 'p_d"o,g', "p_owl\n"]].to_numpy(float), GOOD.probabilities)
    assert table["error"].notna().sum() == 1000

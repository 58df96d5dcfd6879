"""python -m pipeline.compare on tables of predictions: what it prints and writes, and what it refuses."""

import json

import pytest

from tests.evaluated_tables import evaluated_table, random_pair


@pytest.fixture
def compare(root, command, tmp_path):
    """Return what compares two tables, written as files."""

    def run(a, b, *options, page="page.html"):
        for name, table in (("a", a), ("b", b)):
            table.to_parquet(tmp_path / f"{name}.parquet")
        files = [str(tmp_path / f"{name}.parquet") for name in "ab"]
        return command(root, "pipeline.compare", *files, "--output", str(tmp_path / page), *options)

    return run


def test_a_difference_that_is_none_of_chance_is_printed_and_written(compare, tmp_path):
    ended = compare(*random_pair(400, 0.7, 0.9))
    assert ended.code == 0
    assert "B is better: its accuracy on 400 test images is" in ended.output
    assert ended.output.endswith(f"page: {tmp_path / 'page.html'}\n")
    assert ended.errors == ""
    assert "B is better" in (tmp_path / "page.html").read_text()


def test_chance_is_not_taken_for_a_difference(compare):
    ended = compare(*random_pair(400, 0.9, 0.9, seed=5))
    assert "No difference in accuracy is shown: " in ended.output
    assert "would be shown in 4 of 5 cases." in ended.output


def test_json_is_all_that_is_printed_if_asked_for(compare, tmp_path):
    ended = compare(*random_pair(50, 0.7, 0.9), "--json")
    assert json.loads(ended.output)["images"] == 50
    assert (tmp_path / "page.html").is_file()


@pytest.mark.parametrize(
    ("b", "page", "sentence"),
    [
        (evaluated_table(["cat"], ["cat"], digests=["x"]), "page.html", "no image is a test image of both models"),
        (evaluated_table(["cat"], ["cat"], classes=("cat", "cow")), "page.html", "the models have different classes"),
        (evaluated_table(["cat"], ["cat"], split="train"), "page.html", "has no test images"),
        (evaluated_table(["cat"], ["cat"]).drop(columns="loss"), "page.html", "it lacks the column 'loss'"),
        (evaluated_table(["cat"], ["cat"]), "page.txt", "must end in .html"),
        (evaluated_table(["cat"], ["cat"]), "a.parquet/page.html", "is not a folder"),
    ],
)
def test_bad_input_is_refused_in_one_sentence_and_nothing_is_written(compare, tmp_path, b, page, sentence):
    (tmp_path / "a.parquet").write_bytes(b"")
    ended = compare(evaluated_table(["cat", "dog"], ["cat", "dog"]), b, page=page)
    assert (ended.code, ended.output) == (1, "")
    assert ended.errors.startswith("error: ")
    assert sentence in ended.errors
    assert len(ended.errors.splitlines()) == 1
    assert {file.name for file in tmp_path.iterdir()} == {"a.parquet", "b.parquet"}

"""The page and the text of a comparison."""

import io
import json

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from pipeline.base.errors import PipelineError
from pipeline.data.record import Record
from pipeline.evaluation.comparison.comparison_content import compare_evaluated
from pipeline.evaluation.comparison.comparison_record import comparison_record
from pipeline.evaluation.named_models.evaluated_model import EvaluatedModel
from pipeline.evaluation.scores.interval_estimate import Estimate
from pipeline.report.comparison.comparison_page import write_comparison_page
from pipeline.report.comparison.comparison_text import print_comparison
from pipeline.report.comparison.difference_bars import difference_bar, largest_size
from pipeline.report.comparison.known_pictures import KnownPictures
from tests.evaluated_tables import NAMES, random_pair
from tests.packed_images import packed

HOSTILE = "<script>alert(1)</script> \u202e[bold]" + "x" * 200


@pytest.fixture
def content():
    a, b = random_pair(300, 0.7, 0.9)
    for table in (a, b):
        table.loc[:20, "path"] = HOSTILE
    settings = {"recipe.seed": 0, "data.path": HOSTILE}
    return compare_evaluated(
        EvaluatedModel("MLflow run 1a2b3c4d", a, NAMES, settings, {"data digest": "1"}),
        EvaluatedModel(HOSTILE, b, NAMES, settings | {"recipe.seed": 1, "data.path": "photos"}, {"data digest": "1"}),
    )


def page_of(content, folder):
    write_comparison_page(folder / "new" / "report.html", content, KnownPictures(folder))
    return (folder / "new" / "report.html").read_text(encoding="utf-8")


def text_of(content):
    stream = io.StringIO()
    print_comparison(content, Console(file=stream, width=100))
    return stream.getvalue()


def test_the_page_shows_verdict_figures_classes_images_and_settings(content, tmp_path):
    page = page_of(content, tmp_path)
    assert "B is better: its accuracy on 300 test images is" in page
    for part in ("macro F1", "calibration error", "recipe.seed", "data digest", "A alone is right on", "p, adjusted"):
        assert part.replace("A alone", "alone") in page
    assert f"alone is right on {content.comparison.only_b} images" in page
    assert page == page_of(content, tmp_path)


def test_hostile_names_stay_text(content, tmp_path):
    page = page_of(content, tmp_path)
    assert "<script>" not in page
    assert "\u202e" not in page
    assert "ü &lt;b&gt;[red]" in page
    assert "http" not in page.replace("http-equiv", "")
    text = text_of(content)
    assert "ü <b>[red]" in text
    assert "\u202e" not in text
    assert "\x1b" not in text


def test_the_text_has_the_same_verdict_and_what_differs(content):
    text = text_of(content)
    assert content.verdict in text
    assert "Both were tested on the same 300 test images." in text
    assert "only A is right on" in text
    assert "recipe.seed" in text
    assert "data digest" not in text  # it is the same


def test_the_record_is_valid_json_with_every_image(content):
    record = json.loads(json.dumps(comparison_record(content), allow_nan=False))
    assert record["better"] == "B"
    assert len(record["right_alone"]["b"]) == record["only_b_right"] == content.comparison.only_b
    assert record["settings"]["recipe.seed"] == {"a": "0", "b": "1"}
    assert record["figures"]["accuracy"]["difference"]["low"] > 0


def test_unknown_settings_and_equal_models_are_said(tmp_path):
    a, _ = random_pair(60, 0.9, 0.9)
    same = compare_evaluated(EvaluatedModel("a file", a, NAMES), EvaluatedModel("a file", a, NAMES, {"x": 1}))
    page = page_of(same, tmp_path)
    assert "The settings of one of the models are not known" in page
    assert "Nothing is known besides the predictions" in page
    assert "settings: not known for both" in text_of(same)
    assert comparison_record(same)["figures"]["loss"]["difference"] == {"value": 0.0, "low": None, "high": None}


def test_a_thousand_classes_fit_on_a_page(tmp_path):
    names = tuple(f"class {number}" for number in range(1000))
    a, b = random_pair(1000, 0.5, 0.6, classes=names)
    content = compare_evaluated(EvaluatedModel("a", a, names), EvaluatedModel("b", b, names))
    assert len(page_of(content, tmp_path)) < 3_000_000


def test_a_page_that_cannot_be_written_is_one_sentence(content, tmp_path):
    (tmp_path / "new").write_text("a file")
    with pytest.raises(PipelineError, match="cannot write"):
        page_of(content, tmp_path)


def test_zero_is_in_the_middle_of_a_bar():
    estimates = [Estimate(0.1, -0.1, 0.2), Estimate(0.0)]
    assert largest_size(estimates) == 0.2
    assert largest_size([Estimate(0.0)]) == 1.0
    bar = difference_bar(estimates[0], 0.2, "")
    assert (bar.left, bar.width, bar.at, bar.kind) == (25.0, 75.0, 75.0, "")
    assert difference_bar(estimates[1], 0.2, "").left is None
    assert difference_bar(Estimate(0.1, 0.05, 0.2), 0.2, "B").kind == "better"


@pytest.mark.parametrize("channels", [1, 3])
def test_pictures_come_from_the_prepared_data_by_digest(content, config, tmp_path, channels):
    pixels = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)
    records = [
        Record(f"{name}/{number}", name, None, lambda shade=shade: Image.fromarray(pixels + shade))
        for shade, (name, number) in enumerate((name, number) for name in "ab" for number in range(9))
    ]
    (tmp_path / "outputs/prepare/images").mkdir(parents=True)
    _, manifest = packed(
        records,
        config.data.model_copy(update={"height": 8, "width": 8, "channels": channels}),
        tmp_path / "outputs/prepare/images",
    )
    digest = manifest["digest"][0]
    found = KnownPictures(tmp_path).find(["no such digest", digest])
    assert list(found) == [digest]
    assert (found[digest].shape, found[digest].dtype) == ((8, 8, 3), np.uint8)
    assert KnownPictures(tmp_path / "elsewhere").find([digest]) == {}
    content.comparison.images.a.loc[:, "digest"] = digest
    assert "data:image/jpeg;base64," in page_of(content, tmp_path)

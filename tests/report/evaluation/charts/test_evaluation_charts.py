"""Charts of the evaluation page: where numbers lie."""

import math
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.evaluation.calibration.reliability import ReliabilityBin
from pipeline.evaluation.robustness.corruptions import CORRUPTIONS
from pipeline.evaluation.robustness.robustness_scores import CorruptionScore
from pipeline.evaluation.scores.interval_estimate import Estimate
from pipeline.evaluation.scores.ranking_curves import RankingCurves
from pipeline.report.evaluation.charts.confusion_chart import confusion_chart
from pipeline.report.evaluation.charts.learning_charts import learning_charts
from pipeline.report.evaluation.charts.ranking_charts import ranking_charts
from pipeline.report.evaluation.charts.reliability_chart import reliability_chart, sureness
from pipeline.report.evaluation.charts.robustness_charts import differing_words, robustness_charts, robustness_verdict
from pipeline.report.page.chart_axis import ChartAxis
from pipeline.report.page.plot_area import PlotArea, share_axis


@settings(deadline=None)
@given(st.floats(-5, 5), st.floats(0.001, 1000), st.booleans())
def test_ticks_are_inside_rising_and_few(low, span, whole):
    axis = ChartAxis(low, low + span, logarithmic=False, whole=whole)
    places = [place for place, _ in axis.ticks()]
    assert len(places) <= 7
    assert places == sorted(places)
    assert all(-1e-6 <= place <= 1 + 1e-6 for place in places)
    assert whole or len(places) >= 2


@pytest.mark.parametrize(("lowest", "start"), [(0.0, 0.0), (0.34, 0.3), (0.3, 0.3), (0.97, 0.9), (-1, 0.0)])
def test_axes_of_shares_begin_at_a_tenth(lowest, start):
    assert share_axis(lowest).low == pytest.approx(start)


def test_a_path_goes_upwards_for_higher_values():
    area = PlotArea(10, 20, 100, 50, share_axis(), share_axis())
    assert area.path([(0, 0), (1, 1)]) == "M10 70L110 20"
    assert area.path([]) == ""
    assert (area.x(2), area.y(-1)) == (110, 70)


def test_learning_curves_leave_out_what_is_not_finite():
    history = pd.DataFrame({"epoch": [1, 2], "accuracy": [0.5, 0.9], "val_accuracy": [math.nan, math.nan],
                            "loss": [2.0, math.inf], "val_loss": [1.0, 0.5]})  # fmt: skip
    accuracy, loss = learning_charts(history, 2)
    assert [name for name, _, _ in accuracy["lines"]] == ["training images"]
    assert [name for name, _, _ in loss["lines"]] == ["training images", "validation images"]
    assert len(loss["dots"]) == 1
    assert learning_charts(history.iloc[:0], 2) == []


def test_a_training_of_one_epoch_is_a_dot():
    history = pd.DataFrame({"epoch": [1], "accuracy": [0.5], "val_accuracy": [0.4], "loss": [2.0], "val_loss": [1.0]})
    assert [len(chart["dots"]) for chart in learning_charts(history, 1)] == [2, 2]


def test_the_matrix_counts_by_class_and_colors_errors_more():
    chart = confusion_chart(np.array([[8, 2], [0, 0]]), ["a", "b"])
    (name, total, cells), (_, none, empty) = chart["rows"]
    assert (name, total, none) == ("a", 10, 0)
    assert [cell[:2] for cell in cells] == [(8, "right"), (2, "wrong")]
    assert float(cells[1][2]) > float(cells[0][2]) > 0
    assert {cell[2] for cell in empty} == {"0.00"}
    assert confusion_chart(np.zeros((26, 26), int), [str(one) for one in range(26)]) is None


def test_only_good_rankings_are_enlarged():
    good = RankingCurves(np.array([[0, 0], [0.01, 0.99], [1, 1]]), np.array([[0, 1], [0.98, 0.99], [1, 0.2]]))
    bad = RankingCurves(np.array([[0, 0], [0.5, 0.6], [1, 1]]), np.array([[0, 1], [0.5, 0.6], [1, 0.2]]))
    assert all("Only the corner" in chart["note"] for chart in ranking_charts({"a": good, "micro average": good}))
    assert all(chart["note"] == "" for chart in ranking_charts({"a": good, "micro average": bad}))
    assert ranking_charts({}) == []


def test_bins_without_images_are_not_drawn():
    bins = [ReliabilityBin(0.0, 0.5, 0, math.nan, Estimate(math.nan)),
            ReliabilityBin(0.5, 1.0, 9, 0.8, Estimate(0.7, 0.4, 0.9))]  # fmt: skip
    (point,) = reliability_chart(bins)["points"]
    assert point["high"] < point["y"] < point["low"]
    assert "9 images" in point["text"]
    assert reliability_chart([])["points"] == []


def test_every_corruption_has_its_chart_with_the_images_as_they_are_first():
    scores = [CorruptionScore("none", 0, "as they are", 9, Estimate(0.9, 0.8, 0.95))]
    scores += [CorruptionScore(one.name, one.strength, one.setting, 9, Estimate(0.5, 0.4, 0.6)) for one in CORRUPTIONS]
    charts = robustness_charts(scores, {("none", 0): np.zeros((16, 16, 1), np.uint8)})
    assert len(charts) == 5
    for chart in charts:
        assert chart["points"][0]["label"] == "as it is"
        assert len({point["label"] for point in chart["points"]}) == 4
        assert max(len(point["label"]) for point in chart["points"]) <= 8
        assert [picture is not None for picture in chart["pictures"]] == [True, False, False, False]
        assert len(re.findall(r"[\d.]+ [\d.]+", chart["line"])) == 4


@pytest.mark.parametrize(
    ("texts", "common", "own"),
    [
        (["quality 50", "quality 25"], "quality …", ["50", "25"]),
        (["5° to either side", "15° to either side"], "… to either side", ["5°", "15°"]),
        (["a b", "c"], "", ["a b", "c"]),
        (["weak", "strong"], "", ["weak", "strong"]),
    ],
)
def test_words_that_all_settings_have_are_written_once(texts, common, own):
    assert differing_words(texts) == (common, own)


@pytest.mark.parametrize(
    ("right", "said"),
    [(0.95, "right more often than it says"), (0.5, "right less often"), (0.805, "as sure as it should")],
)
def test_whether_the_model_is_right_as_often_as_it_says(right, said):
    empty = ReliabilityBin(0.0, 0.5, 0, math.nan, Estimate(math.nan))
    assert said in sureness([empty, ReliabilityBin(0.5, 1.0, 40, 0.8, Estimate(right, 0.4, 1.0))])
    assert not sureness([empty])


def test_what_hurts_most_and_least_is_said():
    shares = {"noise": (0.9, 0.4), "blur": (0.9, 0.89), "jpeg": (0.95, 0.94)}
    scores = [
        CorruptionScore(name, strength, "setting", 10, Estimate(value, 0.1, 1.0))
        for name, values in shares.items()
        for strength, value in enumerate(values, 1)
    ]
    said = robustness_verdict(scores)
    assert said == "Noise hurts most: 40.0% at the highest strength; JPEG compression least: 94.0%."
    assert not robustness_verdict([])

"""The page of a search."""

import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from pipeline.config.search_compose import compose_search
from pipeline.report.page.chart_axis import ChartAxis
from pipeline.report.page.plot_area import PlotArea
from pipeline.report.search.front_labels import front_labels
from pipeline.report.search.search_report import write_search_report
from pipeline.search.cost.trial_cost import TrialCost
from pipeline.search.outcome.candidates import Candidate
from pipeline.search.outcome.findings import Findings
from pipeline.search.outcome.ranking import TrialRow


@pytest.fixture(scope="module")
def config(root):
    return compose_search(root)


def rows(count, *, curve=(0.5,), **more):
    draws = np.random.default_rng(0)
    found = []
    for number in range(count):
        ratio, dropout = float(draws.choice([0.25, 0.5, 1.0])), float(draws.choice([0.2, 0.4]))
        score = 0.9 + 0.05 * ratio - 0.1 * dropout
        values = {"inception_3a/width": ratio, "dropout": dropout}
        size, epochs = int(1e6 * ratio), len(curve) + 1
        found.append(
            TrialRow(f"{number:02d}", "COMPLETED", score, 1000, size, epochs, values, "", [*curve, score], **more)
        )
    found.append(TrialRow(f"{count:02d}", "FAILED", None, 1000, 10**6, 0, values, "a <bad> shape"))
    return found


def page_of(files):
    return " ".join(files[0].read_text(encoding="utf-8").split())


def words(page):
    """Return a page's text, what is in its charts included, without tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", page.partition("<body>")[2]).split())


def test_it_has_every_chart_the_table_and_what_to_type(config, tmp_path):
    again = [Candidate("00", {}, 1000, 10**6, 0.91, [0.9, 0.92])]
    again += [Candidate("configured", {}, 1, 1, None, [0.9, 0.9], "5 multiply-adds are more than the limit")]
    found = Findings(config, rows(12), 5, again, "00", "dvc exp run -S model=tuned")
    files = write_search_report(tmp_path, found)
    assert {file.name for file in files} == {"report.html", "trials.csv", "retrained.csv", "pareto.png"}
    page = page_of(files)
    assert page.count('<svg class="chart"') == 3
    assert page.count("<circle") >= 12
    for expected in (
        "12 trials completed, 1 failed; 5 more exceeded",
        "dvc exp run -S model=tuned",
        "0.9100",
        "± 0.0141",
        "a &lt;bad&gt; shape",
        "above the limits",
        "linear-gradient(90deg, #e8833a",  # the scale of the lines' colors, with its ends
        "fitted to 12 trials",
    ):
        assert expected in page
    assert "val_accuracy 0.8725 0.9300" in words(page)
    assert "http" not in page.replace("http-equiv", "")
    assert "data:image" not in page
    with Image.open(files[3]) as picture:
        assert picture.width > 500


def test_a_search_without_a_completed_trial_has_a_page_too(config, tmp_path):
    page = page_of(write_search_report(tmp_path, Findings(config, rows(12)[-1:], 0, [], None, "")))
    assert "Failed trials" in page
    assert '<svg class="chart"' not in page


@pytest.mark.parametrize(("epochs", "shown"), [(1, []), (2, ["1", "2"]), (3, ["1", "2", "3"])])
def test_epochs_are_whole_numbers_and_one_epoch_has_no_curves(config, tmp_path, epochs, shown):
    files = write_search_report(tmp_path, Findings(config, rows(3, curve=[0.5] * (epochs - 1)), 0, [], "00", "next"))
    page = page_of(files)
    assert ("trained for one epoch: there are no learning curves" in page) == (epochs == 1)
    ticks = re.findall(r'<text x="[\d.]+" y="238" text-anchor="middle">([^<]*)<', page.partition("Learning curves")[2])
    assert ticks[: len(shown)] == shown
    assert all(float(tick).is_integer() for tick in ticks)


def test_trials_of_equal_scores_and_settings_have_a_page(config, tmp_path):
    same = [replace(row, values={"dropout": 0.4}, score=0.5, multiply_adds=100) for row in rows(3)[:-1]]
    assert "The best trials" in page_of(write_search_report(tmp_path, Findings(config, same, 0, [], "00", "next")))


def test_conditional_values_that_a_trial_lacks_leave_gaps(config, tmp_path):
    found = rows(12)
    found[0] = replace(found[0], values={"dropout": 0.2})
    page = page_of(write_search_report(tmp_path, Findings(config, found, 0, [], "00", "next")))
    assert "nan" not in page.lower().replace("financ", "")


def test_importance_does_not_mix_the_budgets_of_hyperband(config, tmp_path):
    short = [replace(row, score=row.score - 0.3) for row in rows(12, budget=2)[:-1]]
    long = [replace(row, trial=f"1{row.trial}") for row in rows(4, curve=[0.5] * 5, budget=6)[:-1]]
    findings = Findings(config, [*short, *long], 0, [], "100", "next")
    assert findings.importances() == Findings(config, short, 0, [], "00", "next").importances()
    page = page_of(write_search_report(tmp_path, findings))
    assert "fitted to 12 trials of 2 epochs" in page
    assert "stopped early" in page


def test_values_that_differ_from_the_configured_ones_are_named(config):
    findings = Findings(config, [], 0, [], None, "")
    assert findings.changes({"inception_3a/width": 0.5, "dropout": 0.4}) == "3a 0.5"
    assert findings.changes({"inception_3a/width": 1.0}) == "none: the configured network"


@pytest.mark.parametrize(("scores", "text", "spread"), [([0.9], "1 seed.", 0), ([0.9, 0.92], "2 seeds.", 1)])
def test_one_seed_has_no_spread(config, tmp_path, scores, text, spread):
    again = [Candidate("00", {}, 1000, 10**6, 0.91, scores)]
    page = page_of(write_search_report(tmp_path, Findings(config, rows(3), 0, again, "00", "next")))
    assert text in page
    assert page.count("±") == spread


def test_the_front_names_its_trials_and_how_to_take_one(config, tmp_path):
    found = rows(12)
    found[2] = replace(found[2], trial="77", score=0.99, multiply_adds=250_000)  # the best of its size
    found[3] = replace(found[3], trial="88", score=0.999, multiply_adds=10**7)
    findings = Findings(config, found, 0, [], "77", "next", arguments=["search=random"])
    page = page_of(write_search_report(tmp_path, findings))
    assert re.findall(r'<text class="id"[^>]*>(\d+)</text>', page) == ["77", "88"]
    assert "python -m pipeline.tune --take TRIAL search=random" in page
    table = words("<body>" + page.partition('<h2 id="front">')[2].partition("</section>")[0])
    assert "trial: 77 0.9900 250,000" in f"trial: {table.partition('configured network ')[2]}"
    assert "88 0.9990 10,000,000" in table


def test_a_trade_and_latencies_are_shown_with_their_units(root, tmp_path):
    config = compose_search(root, ["search.trade=1", "search.cost=latency"])
    found = []
    for row, latency in zip(rows(12), np.linspace(2.0, 0.5, 13), strict=True):
        cost, score = TrialCost(float(latency), float(latency)), row.score and row.score - 0.01 * np.log2(latency)
        found.append(replace(row, accuracy=row.score, score=score, cost=cost))
    again = [Candidate("00", {}, 1000, 10**6, 0.91, [0.92, 0.94], cost=found[0].cost)]
    files = write_search_report(tmp_path, Findings(config, found, 0, again, "00", "next"))
    page = page_of(files)
    for expected in (
        "The score is val_accuracy (1 is 100 points) plus 1 point for each halving of latency.",
        "it is the network with the highest score: val_accuracy, plus 1 point for each halving of latency.",
        "val_accuracy against latency",
        "milliseconds for one image",
        "ms for one image",
        ">0.9400<",
        ">0.9300<",  # less the point that twice the latency takes
        ">2.00</td>",
        ", 2.00 ms</title>",
    ):
        assert expected in page
    columns = files[1].read_text(encoding="utf-8").splitlines()[0].split(",")
    assert columns[2:7] == ["score", "val_accuracy", "parameters", "multiply_adds", "latency_ms"]
    assert "latency_ms" in files[2].read_text(encoding="utf-8").splitlines()[0]


def test_labels_that_would_cover_each_other_are_left_out():
    area = PlotArea(46, 10, 342, 214, ChartAxis(0, 1, logarithmic=False), ChartAxis(0, 1, logarithmic=False))
    labels = front_labels(area, [("12", 200.0, 100.0), ("13", 204.0, 98.0), ("14", 204.0, 60.0), ("15", 47.0, 11.0)])
    assert [label["text"] for label in labels] == ["12", "14", "15"]
    assert labels[-1]["x"] - 15 >= 46
    assert labels[-1]["y"] >= 22

"""The page of a search."""

import numpy as np
import pytest
from PIL import Image

from pipeline.config.search_compose import compose_search
from pipeline.report.search.search_report import write_search_report
from pipeline.search.outcome.candidates import Candidate
from pipeline.search.outcome.findings import Findings
from pipeline.search.outcome.ranking import TrialRow


@pytest.fixture(scope="module")
def config(root):
    return compose_search(root)


def rows(count):
    draws = np.random.default_rng(0)
    found = []
    for number in range(count):
        ratio, dropout = float(draws.choice([0.25, 0.5, 1.0])), float(draws.choice([0.2, 0.4]))
        score = 0.9 + 0.05 * ratio - 0.1 * dropout
        values = {"inception_3a/width": ratio, "dropout": dropout}
        found.append(TrialRow(f"{number:02d}", "COMPLETED", score, 1000, int(1e6 * ratio), 2, values, "", [0.5, score]))
    found.append(TrialRow(f"{count:02d}", "FAILED", None, 1000, 10**6, 0, values, "a <bad> shape"))
    return found


def test_it_has_every_picture_the_table_and_what_to_type(config, tmp_path):
    again = [Candidate("00", {}, 1000, 10**6, 0.91, [0.9, 0.92]), Candidate("configured", {}, 1, 1, None, [0.9, 0.9])]
    found = Findings(config, rows(12), 5, again, "00", "dvc exp run -S model=tuned")
    files = write_search_report(tmp_path, found)
    assert {file.name for file in files} == {
        "report.html", "trials.csv", "retrained.csv", "pareto.png", "curves.png", "parallel.png", "importance.png"
    }  # fmt: skip
    page = files[0].read_text(encoding="utf-8")
    assert page.count("data:image/png;base64,") == 4
    for expected in (
        "12 trials completed, 1 failed; 5 more exceeded",
        "dvc exp run -S model=tuned",
        "0.9100",
        "a &lt;bad&gt; shape",
    ):
        assert expected in page
    assert "http" not in page.replace("http-equiv", "")
    for file in files[3:]:
        with Image.open(file) as picture:
            assert picture.width > 500


def test_a_search_without_a_completed_trial_has_a_page_too(config, tmp_path):
    files = write_search_report(tmp_path, Findings(config, rows(12)[-1:], 0, [], None, ""))
    assert "Failed trials" in files[0].read_text(encoding="utf-8")


def test_two_trials_are_enough_for_its_pictures(config, tmp_path):
    files = write_search_report(tmp_path, Findings(config, rows(2), 0, [], "00", "next"))
    assert {"pareto.png", "curves.png", "parallel.png"} <= {file.name for file in files}


def test_values_that_differ_from_the_configured_ones_are_named(config):
    findings = Findings(config, [], 0, [], None, "")
    assert findings.changes({"inception_3a/width": 0.5, "dropout": 0.4}) == "3a 0.5"
    assert findings.changes({"inception_3a/width": 1.0}) == "none: the configured network"


@pytest.mark.parametrize(("scores", "text"), [([0.9], "1 seed."), ([0.9, 0.92], "2 seeds.")])
def test_the_number_of_seeds_is_grammatical(config, tmp_path, scores, text):
    again = [Candidate("00", {}, 1000, 10**6, 0.91, scores)]
    page = write_search_report(tmp_path, Findings(config, rows(3), 0, again, "00", "next"))[0]
    assert text in " ".join(page.read_text(encoding="utf-8").split())

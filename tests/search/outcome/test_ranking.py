"""Which trials and candidates are better."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.search.outcome.candidates import Candidate, choose_candidates, recommend
from pipeline.search.outcome.ranking import TrialRow, pareto_front, rank_trials

SCORES = st.lists(st.tuples(st.none() | st.floats(0, 1), st.integers(1, 50)), max_size=30)


def row(number, score, size, **more):
    status = "FAILED" if score is None else "COMPLETED"
    return TrialRow(f"{number:02d}", status, score, size, size, 1, {}, **more)


def rows(scores):
    return [row(number, score, size) for number, (score, size) in enumerate(scores)]


@pytest.fixture(scope="module")
def config(tune):
    return tune()


@given(SCORES)
def test_no_trial_beats_one_on_the_front_in_both(config, scores):
    found = rows(scores)
    front = pareto_front(found, config)
    for one in front:
        assert not [
            r for r in found if r.score is not None and r.score > one.score and r.multiply_adds <= one.multiply_adds
        ]
    for other in found:
        if other.score is not None and other not in front:
            assert [one for one in front if one.score >= other.score and one.multiply_adds <= other.multiply_adds]


@given(SCORES)
def test_the_best_come_first_and_failures_not_at_all(config, scores):
    best = rank_trials(rows(scores), config)
    assert [one.score for one in best] == sorted((score for score, _ in scores if score is not None), reverse=True)
    assert all(a.score > b.score or a.multiply_adds <= b.multiply_adds for a, b in pairwise(best))


def test_less_loss_is_better(tune):
    assert [one.trial for one in rank_trials(rows([(0.5, 1), (0.3, 1)]), tune("search.objective=val_loss"))] == [
        "01",
        "00",
    ]


def test_a_trial_that_another_continued_is_not_ranked(config):
    found = [row(0, 0.5, 1), row(1, 0.6, 1, continues="00"), row(2, None, 1, continues="01")]
    assert [one.trial for one in rank_trials(found, config)] == ["01"]


def candidate(name, scores, size):
    return Candidate(name, {}, size, size, None, scores)


def test_the_smallest_within_one_standard_error_of_the_best_is_recommended(config):
    best = candidate("best", [0.90, 0.92, 0.94], 100)  # its standard error is 0.0115
    near, far = candidate("near", [0.91, 0.91, 0.91], 60), candidate("far", [0.90, 0.90, 0.90], 10)
    assert recommend([best, near, far], config).trial == "near"
    assert recommend([best, far], config).trial == "best"


def test_a_single_seed_has_no_error(config):
    assert recommend([candidate("best", [0.92], 100), candidate("near", [0.919], 10)], config).trial == "best"


def test_the_configured_network_is_always_a_candidate(tune, keras):
    from pipeline.search.limits import CostLimits

    config = tune("search.retrain.top=1")
    limits = CostLimits(config, (16, 16, 1), 3)
    changed = TrialRow("01", "COMPLETED", 0.9, 1, 1, 1, {"dropout": 0.1})
    same = TrialRow("00", "COMPLETED", 0.8, 1, 1, 1, {"dropout": 0.4})
    found = choose_candidates([changed, same], config, limits)
    assert [(one.trial, one.score) for one in found] == [("01", 0.9), ("configured", 0.8)]
    assert [one.trial for one in choose_candidates([same, changed], config, limits)] == ["00"]
    assert choose_candidates([], config, limits) == []

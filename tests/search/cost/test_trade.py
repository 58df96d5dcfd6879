"""One score of accuracy and cost."""

import pytest

from pipeline.base.errors import PipelineError
from pipeline.search.cost.trade import cost_penalty, score_name
from pipeline.search.cost.trial_cost import TrialCost
from pipeline.search.outcome.candidates import Candidate, recommend
from pipeline.search.outcome.ranking import TrialRow, pareto_front, rank_trials


@pytest.mark.parametrize(
    ("trade", "relative", "points"), [("2", 0.5, -2), ("2", 4.0, 4), ("0", 0.5, 0), ("null", 8, 0)]
)
def test_a_halving_of_the_cost_is_worth_its_points(tune, trade, relative, points):
    assert cost_penalty(tune(f"search.trade={trade}"), relative) == pytest.approx(points / 100)


def test_without_a_trade_the_score_is_the_objective(tune):
    assert score_name(tune("search.objective=val_loss")) == "val_loss"
    assert score_name(tune("search.trade=0")) == "score"


def test_a_loss_is_not_traded_for_a_cost(tune):
    with pytest.raises(PipelineError, match=r"search.objective is val_loss: set search.objective=val_accuracy, or"):
        tune("search.objective=val_loss", "search.trade=1")


def candidate(name, scores, multiply_adds, latency_ms=None):
    return Candidate(name, {}, 1, multiply_adds, None, scores, cost=TrialCost(1.0, latency_ms))


def test_with_a_trade_the_best_mean_score_is_recommended_though_a_cheaper_one_is_near(tune):
    best, near = candidate("best", [0.90, 0.92, 0.94], 100), candidate("near", [0.91, 0.92, 0.915], 60)
    assert recommend([best, near], tune()).trial == "near"
    assert recommend([best, near], tune("search.trade=0")).trial == "best"
    assert recommend([best, candidate("equal", [0.92], 60)], tune("search.trade=0")).trial == "equal"


def test_the_cost_that_is_chosen_decides(tune):
    few, fast = candidate("few", [0.92, 0.9], 60, latency_ms=2.0), candidate("fast", [0.92, 0.9], 100, latency_ms=1.0)
    assert recommend([few, fast], tune()).trial == "few"
    assert recommend([few, fast], tune("search.cost=latency")).trial == "fast"


def trial(name, accuracy, penalty, multiply_adds, latency_ms):
    cost = TrialCost(1.0, latency_ms)
    return TrialRow(name, "COMPLETED", accuracy - penalty, 1, multiply_adds, 1, {}, accuracy=accuracy, cost=cost)


def test_the_front_is_of_accuracy_and_cost_whatever_the_trade(tune):
    rows = [trial("0", 0.9, 0.0, 100, 2.0), trial("1", 0.85, -0.1, 90, 1.0), trial("2", 0.85, -0.2, 50, 3.0)]
    by_latency = tune("search.cost=latency", "search.trade=5")
    assert [row.trial for row in pareto_front(rows, by_latency)] == ["1", "0"]
    assert [row.trial for row in pareto_front(rows, tune("search.trade=5"))] == ["2", "0"]
    assert [row.trial for row in rank_trials(rows, by_latency)] == ["2", "1", "0"]

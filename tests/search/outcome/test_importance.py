"""The importance of searched values."""

import numpy as np

from pipeline.search.outcome.importance import value_importances
from pipeline.search.outcome.ranking import TrialRow


def rows(count):
    draws = np.random.default_rng(0)
    found = []
    for number in range(count):
        values = {
            "decisive": float(draws.random()),
            "idle": float(draws.random()),
            "kind": str(draws.integers(3)),
            "one": 1,
        }
        found.append(TrialRow(str(number), "COMPLETED", values["decisive"] ** 2, 1, 1, 1, values))
    return found


def test_what_decides_the_score_is_found(tune):
    shares = value_importances(rows(40), tune())
    assert next(iter(shares)) == "decisive"
    assert shares["decisive"] > 0.8
    assert abs(sum(shares.values()) - 1) < 1e-9
    assert "one" not in shares


def test_nothing_is_said_of_a_handful_of_trials_or_of_equal_scores(tune):
    assert value_importances(rows(7), tune()) == {}
    assert value_importances([TrialRow(str(n), "COMPLETED", 0.5, 1, 1, 1, {"a": n}) for n in range(20)], tune()) == {}

"""How many trials and epochs a search can have, for its progress bar."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from pipeline.config.schema.search_schema import TuneConfig

MOST_COUNTED = 20_000  # combinations that are counted, before the limit on trials is believed
MOST_LOOKS = 300  # of them, for the limits: each look composes a network's settings


def total_trials(oracle: Any, config: TuneConfig) -> int:
    """Return how many trials a search can have: a space or hyperband's brackets may hold fewer than its limit.

    Args:
        oracle: of the search.
        config: the search.
    """
    most = int(oracle.max_trials)
    if hasattr(oracle, "hyperband_iterations"):
        from pipeline.search.engine.keras_tuner_internals import hyperband_rounds

        most = min(most, sum(trials for trials, _ in hyperband_rounds(oracle)))
    elif config.search.limits.latency_ms is None:  # to measure that of every network would take longer than it is worth
        most = min(most, _possible(oracle, most))
    return max(most, len(oracle.trials))


def total_epochs(oracle: Any, config: TuneConfig, trials: int) -> int:
    """Return how many epochs the trials of a search train together.

    Args:
        oracle: of the search.
        config: the search.
        trials: how many, from `total_trials`.
    """
    if hasattr(oracle, "hyperband_iterations"):
        from pipeline.search.engine.keras_tuner_internals import hyperband_rounds

        each = [epochs for count, epochs in hyperband_rounds(oracle) for _ in range(count)]
        return sum(each[:trials])
    return trials * (config.search.epochs or config.recipe.epochs)


def trial_epochs(values: Mapping[str, Any], config: TuneConfig) -> int:
    """Return how many epochs a trial trains; of one that continues another, only the further ones.

    Args:
        values: of its hyperparameters, the oracle's own included.
        config: the search.
    """
    most = int(values.get("tuner/epochs") or config.search.epochs or config.recipe.epochs)
    return most - int(values.get("tuner/initial_epoch") or 0)


def _possible(oracle: Any, most: int) -> int:
    """Return how many combinations of the space are within the limits, `most` at the most."""
    space, is_grid = oracle.hyperparameters.space, hasattr(oracle, "next_combination")
    if not is_grid and any(hasattr(hp, "sampling") and hp.step is None for hp in space):
        return most
    combinations = sum(1 for _ in islice(_combinations(space, {}), min(most, MOST_COUNTED)))
    most = most if combinations == MOST_COUNTED else combinations
    count = 0
    for looks, values in enumerate(_combinations(space, {})):
        if looks == MOST_LOOKS:
            return most
        count += oracle.exceeded(values) is None
        if count == most:
            break
    return count


def _combinations(space: Sequence[Any], values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every combination of a space whose values are countable, of conditional values those that are searched."""
    if not space:
        yield values
        return
    hp, *others = space
    if not all(condition.is_active(values) for condition in hp.conditions):
        yield from _combinations(others, values)
        return
    for value in dict.fromkeys([hp.default, *hp.values]):
        yield from _combinations(others, {**values, hp.name: value})

"""How much each searched value matters for the score."""

from collections import Counter
from collections.abc import Sequence

from pipeline.config.schema.search_schema import TuneConfig
from pipeline.search.outcome.ranking import TrialRow, as_loss

LEAST = 8  # trials
TREES, REPEATS = 200, 20


def value_importances(rows: Sequence[TrialRow], config: TuneConfig) -> dict[str, float]:
    """Return each value's share of what explains the scores, largest first, summing to 1; empty for few trials.

    They are permutation importances in a random forest fitted to the completed trials (Breiman 2001, "Random forests",
    section 10). Interactions count; they describe these trials only. Of hyperband's, those of one number of epochs
    count.
    """
    import pandas as pd
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.inspection import permutation_importance

    scored = comparable_trials(rows)
    if len(scored) < LEAST:
        return {}
    table = pd.DataFrame([row.values for row in scored])
    table = table.loc[:, table.nunique() > 1]
    inputs = table.apply(lambda column: column if column.dtype.kind in "if" else column.astype("category").cat.codes)
    losses = [as_loss(row.score or 0.0, config) for row in scored]
    if inputs.empty or len(set(losses)) < 2:
        return {}
    forest = RandomForestRegressor(TREES, random_state=0, min_samples_leaf=2).fit(inputs, losses)
    importance = permutation_importance(forest, inputs, losses, n_repeats=REPEATS, random_state=0)
    shares = {name: max(float(value), 0.0) for name, value in zip(inputs, importance.importances_mean, strict=True)}
    total = sum(shares.values()) or 1.0
    return {name: share / total for name, share in sorted(shares.items(), key=lambda item: -item[1])}


def comparable_trials(rows: Sequence[TrialRow]) -> list[TrialRow]:
    """Return the completed trials that were trained alike: of hyperband's, the largest group of equal epochs."""
    scored = [row for row in rows if row.score is not None]
    sizes = Counter(row.budget for row in scored)
    largest = max(sizes, key=lambda budget: (sizes[budget], budget or 0), default=None)
    return [row for row in scored if row.budget == largest]

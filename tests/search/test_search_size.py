"""How many trials and epochs the progress bar of a search counts."""

import pytest


@pytest.fixture
def progress(tune, keras):
    """Return the progress of an oracle that was played to its end."""
    from pipeline.search.limits import CostLimits
    from pipeline.search.search_progress import SearchProgress

    def of(oracle, *overrides):
        config = tune(*overrides)
        return SearchProgress(oracle=oracle, config=config, limits=CostLimits(config, (16, 16, 1), 3))

    return of


@pytest.mark.parametrize(
    ("search", "options", "trials", "epochs"),
    [
        ("grid", ["search/space=network", "search.max_trials=50"], 8, 16),
        ("grid", ["search/space=network", "search.max_trials=5", "search.epochs=3"], 5, 15),
        ("bayesian", ["search/space=network", "search.max_trials=50"], 8, 16),
        ("random", ["search.max_trials=5"], 5, 10),
        ("hyperband", ["search.max_trials=50", "recipe.epochs=9"], 23, 75),
        ("hyperband", ["search.max_trials=8", "recipe.epochs=9"], 8, 8),
    ],
)
def test_a_search_ends_with_a_full_bar(oracle, play, progress, capsys, search, options, trials, epochs):
    options = [f"search={search}", *options]
    played = oracle(*options)
    bar = progress(played, *options)
    assert (bar.total, bar.bar.total) == (trials, epochs)
    played.subscribe(bar)
    with bar:
        play(played, lambda values: 0.5 + 0.1 * values.get("dropout", 0))
    assert len(played.end_order) == trials
    assert bar.bar.done == epochs
    with progress(played, *options) as resumed:  # one that begins when all is done
        assert resumed.bar.done == epochs


def test_combinations_above_the_limits_are_not_waited_for(oracle, progress):
    def exceeded(values):
        return "too wide" if values["width"] > 0.5 else None

    options = ["search=grid", "search/space=network", "search.max_trials=50"]
    assert progress(oracle(*options, exceeded=exceeded), *options).total == 4


@pytest.mark.parametrize(("most", "total"), [(1000, 512), (400, 400), (10, 10)])
def test_a_large_space_is_counted_with_few_looks(oracle, progress, most, total):
    looks = []
    options = ["search=random", f"search.max_trials={most}", "search.space.widths.ratios=[0.5,1.0]"]
    options.append("~search.space.values.dropout")
    bar = progress(oracle(*options, exceeded=looks.append), *options)  # which returns None
    assert (bar.total, bar.bar.total) == (total, 2 * total)
    assert len(looks) <= 300

"""The table of `python -m benchmarks.time_to_accuracy`."""

from benchmarks.time_to_accuracy.accuracy_table import accuracy_table
from benchmarks.time_to_accuracy.target_project import case_overrides


def figures(minutes, best, reached):
    return {"core_minutes": minutes, "minutes": minutes / 2, "epochs": 3, "best": best, "reached": reached}


def test_a_row_has_the_median_of_the_seeds_that_reached_the_target():
    cases = [
        ("modern", [figures(1.0, 0.99, 1.0), figures(3.0, 0.992, 1.0), figures(9.0, 0.98, 0.0)]),
        ("strong", [None, None, None]),
        ("plain", [figures(6.0, 0.99, 1.0), None, figures(20.0, 0.97, 0.0)]),
    ]
    assert accuracy_table(cases, 0.99).splitlines()[2:] == [
        "| modern | 2.00 | 1.00 – 3.00 | 3 | 0.9920 | 2 of 3 | 3.0 |",
        "| strong | failed | – | – | – | 0 of 3 | – |",
        "| plain | 6.00 | 6.00 – 6.00 | 3 | 0.9900 | 1 of 3 | 1.0 |",
    ]


def test_if_plain_keras_never_reaches_the_target_the_ratio_is_a_lower_bound():
    cases = [("modern", [figures(2.0, 0.99, 1.0)]), ("plain", [figures(31.8, 0.9, 0.0), None])]
    assert accuracy_table(cases, 0.99).splitlines()[2:] == [
        "| modern | 2.00 | 2.00 – 2.00 | 3 | 0.9900 | 1 of 1 | > 15 |",
        "| plain | not in 31.80 | – | 3 | 0.9000 | 0 of 2 | – |",
    ]


def test_plain_keras_has_no_recipe_and_recipes_have_the_requested_epochs():
    assert case_overrides("plain", 5, 1) == ["recipe.seed=1"]
    assert case_overrides("modern", 5, 1) == ["recipe=modern", "recipe.epochs=5", "recipe.seed=1"]
    assert case_overrides("modern", None, 0) == ["recipe=modern", "recipe.seed=0"]

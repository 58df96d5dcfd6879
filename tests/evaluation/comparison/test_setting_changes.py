"""Settings and facts of two models side by side."""

from pipeline.evaluation.comparison.setting_changes import setting_changes, value_pairs


def test_only_what_differs_is_listed_as_yaml_writes_it():
    a = {"recipe.epochs": 3, "recipe.seed": 0, "model.filters": [1, 2], "recipe.patience": None}
    b = {"recipe.epochs": 3, "recipe.seed": 1, "model.filters": [1, 3], "recipe.patience": 2, "data.new": True}
    changes = {one.name: (one.a, one.b) for one in setting_changes(a, b)}
    assert changes == {
        "recipe.seed": ("0", "1"),
        "model.filters": ("[1, 2]", "[1, 3]"),
        "recipe.patience": ("null", "2"),
        "data.new": ("–", "true"),
    }


def test_facts_that_are_equal_are_kept():
    (pair,) = value_pairs({"data digest": "ü1"}, {"data digest": "ü1"})
    assert (pair.a, pair.b, pair.differs) == ("ü1", "ü1", False)

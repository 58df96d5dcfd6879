"""What the table of benchmarks/time_to_accuracy.py makes of its measurements."""

from benchmarks.time_to_accuracy import chosen, table


def found(minutes, best, reached):
    return {"core_minutes": minutes, "minutes": minutes / 2, "epochs": 3, "best": best, "reached": reached}


def test_a_line_has_the_median_of_the_seeds_that_reached_the_target():
    rows = [
        ("modern", [found(1.0, 0.99, 1.0), found(3.0, 0.992, 1.0), found(9.0, 0.98, 0.0)]),
        ("strong", [None, None, None]),
        ("plain", [found(6.0, 0.99, 1.0), None, found(20.0, 0.97, 0.0)]),
    ]
    assert table(rows, 0.99).splitlines()[2:] == [
        "| modern | 2.00 | 1.00 – 3.00 | 3 | 0.9920 | 2 of 3 | 3.0 |",
        "| strong | failed | – | – | – | 0 of 3 | – |",
        "| plain | 6.00 | 6.00 – 6.00 | 3 | 0.9900 | 1 of 3 | 1.0 |",
    ]


def test_a_way_that_never_reached_the_target_gives_a_bound():
    rows = [("modern", [found(2.0, 0.99, 1.0)]), ("plain", [found(31.8, 0.9, 0.0), None])]
    assert table(rows, 0.99).splitlines()[2:] == [
        "| modern | 2.00 | 2.00 – 2.00 | 3 | 0.9900 | 1 of 1 | > 15 |",
        "| plain | not in 31.80 | – | 3 | 0.9000 | 0 of 2 | – |",
    ]


def test_plain_keras_takes_no_recipe_and_the_others_the_epochs_asked_for():
    assert chosen("plain", 5, 1) == ["recipe.seed=1"]
    assert chosen("modern", 5, 1) == ["recipe=modern", "recipe.epochs=5", "recipe.seed=1"]
    assert chosen("modern", None, 0) == ["recipe=modern", "recipe.seed=0"]

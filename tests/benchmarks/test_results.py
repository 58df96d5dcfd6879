"""docs/results.md is what docs/results.csv renders to."""

from benchmarks.results import PAGE, RECORDED, page, read
from benchmarks.results_table import FIELDS, rendered


def test_the_page_is_what_the_recorded_runs_render_to():
    text = PAGE.read_text(encoding="utf-8")
    assert page(text, read(RECORDED)) == text, "make it again: python -m benchmarks.results render"


def test_runs_that_differ_in_the_seed_alone_share_a_line_with_mean_and_deviation():
    row = dict.fromkeys(FIELDS, "x") | {"width": "0.5", "epochs": "12", "minutes": "1.0", "multiply_adds": "5720000"}
    rows = [
        row
        | {
            "overrides": f"recipe=x model.dropout=0.2 recipe.seed={seed}",
            "run": str(seed),
            "seed": str(seed),
            "accuracy": f"0.{99 - seed}00",
        }
        for seed in (0, 1)
    ]
    lines = [line for line in rendered(rows).splitlines() if line.startswith("| x")]
    assert lines == ["| x | 0.5 | 5.7M | x | 12 | model.dropout=0.2 | 0, 1 | 1.0 | 0.9850 ± 0.0071 | x |"]

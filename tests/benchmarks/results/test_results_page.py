"""docs/results.md is rendered from docs/results.csv and docs/searches."""

import pytest

from benchmarks.results.recorded_runs import portable_overrides
from benchmarks.results.results_page import PAGE, render_page
from benchmarks.results.results_table import FIELDS, results_tables
from benchmarks.results.search_table import search_section


def test_the_results_page_is_up_to_date():
    page = PAGE.read_text(encoding="utf-8")
    assert render_page(page) == page, "render it: python -m benchmarks.results render"


def test_runs_that_differ_only_in_the_seed_share_a_line_with_mean_and_standard_deviation():
    row = dict.fromkeys(FIELDS, "x") | {"width": "0.5", "epochs": "12", "minutes": "1.0", "multiply_adds": "5720000"}
    row |= {"device": "", "overrides": "recipe=x model.dropout=0.2 recipe.seed=1"}
    rows = [row | {"run": str(seed), "seed": str(seed), "accuracy": f"0.{99 - seed}00"} for seed in (0, 1)]
    single = row | {"run": "2", "seed": "0", "accuracy": "0.5", "width": "1.0", "overrides": "none"}
    assert "| x | x | 1.0 | 5.7M | x | 12 |  | 0 | 1.0 | 0.5000 | x |" in results_tables([single])
    assert "| 0 | 1.0 (a GPU) | 0.5000 | x |" in results_tables([single | {"device": "a GPU"}])
    lines = [line for line in results_tables(rows).splitlines() if line.startswith("| x")]
    assert lines == ["| x | x | 0.5 | 5.7M | x | 12 | model.dropout=0.2 | 0, 1 | 1.0 | 0.9850 ± 0.0071 | x |"]
    rows[1]["commit"] = "y"
    lines = [line for line in results_tables(rows).splitlines() if line.startswith("| x")]
    assert [line.split("|")[8].strip() for line in lines] == ["0", "1"]


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        (
            "data=cifar10 data.path=/home/me/photos model.init_from=/home/me/first.keras recipe.epochs=3",
            "data=cifar10 model.init_from=first.keras recipe.epochs=3",
        ),
        (
            "model.ensemble=[/home/me/first.keras,models:/digits@candidate,../nets/b.keras] recipe.epochs=3",
            "model.ensemble=[first.keras,models:/digits@candidate,b.keras] recipe.epochs=3",
        ),
        ("model.init_from=first.keras", "model.init_from=first.keras"),
        ("model.init_from=models:/digits@candidate", "model.init_from=models:/digits@candidate"),
    ],
)
def test_recorded_overrides_name_no_folder_of_the_machine(overrides, expected):
    assert portable_overrides(overrides) == expected


@pytest.mark.parametrize(("objective", "best"), [("val_accuracy", ["02", "00"]), ("val_loss", ["00", "02"])])
def test_a_recorded_search_becomes_a_picture_and_two_tables(tmp_path, objective, best):
    folder = tmp_path / "searches" / "digits"
    folder.mkdir(parents=True)
    (folder / "trials.csv").write_text(
        "trial,status,score,parameters,multiply_adds,epochs,reason,inception_3a/width,objective\n"
        f"00,COMPLETED,0.91,900,5000000,4,,1.0,{objective}\n01,FAILED,,900,5000000,1,NaN,1.5,{objective}\n"
        f"02,COMPLETED,0.95,800,4000000,4,,0.5,{objective}\n"
    )
    (folder / "retrained.csv").write_text("trial,mean,spread,seeds,score,multiply_adds\n02,0.97,0.01,3,0.95,4000000\n")
    text = search_section(folder)
    assert "searches/digits/pareto.png" in text
    assert "2 trials completed, 1 did not" in text
    lines = [line for line in text.splitlines() if line.startswith("| 0")]
    trials = {"02": "| 02 | 0.9500 | 4.0M | 0.5 |", "00": "| 00 | 0.9100 | 5.0M | 1.0 |"}
    assert lines == [
        *(trials[name] for name in best),
        "| 02 | 0.9700 | 4.0M | 0.0100 | 3 |",
    ]

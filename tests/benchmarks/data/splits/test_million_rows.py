import pytest

from benchmarks.data.splits.million_rows import CASES, make_files


@pytest.mark.parametrize("case", ["stable", "folds", "list"])
def test_a_case_runs_on_few_rows(case, tmp_path):
    make_files(tmp_path, 9000)
    CASES[case][1](tmp_path)
    assert (tmp_path / "dataset.json").is_file() == (case != "list")

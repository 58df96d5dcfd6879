"""Workers: processes that are measured in turns."""

import pytest

from benchmarks.worker import Worker, WorkerError, measure


def test_the_first_call_is_a_warm_up_and_not_measured():
    calls = []
    measurement = measure(lambda: calls.append(0), 10, 0.0, minimum=3)
    assert (len(calls), measurement.units) == (4, 30)


def test_the_error_of_a_failed_worker_has_the_last_line_that_it_printed(tmp_path, root):
    with pytest.raises(WorkerError, match=r"unheard_of ended: .* No module named benchmarks.unheard_of"):
        Worker("unheard_of", tmp_path, {"PYTHONPATH": str(root)})

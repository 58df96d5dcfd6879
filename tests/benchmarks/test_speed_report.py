import re

import pytest

from benchmarks.speed import BEGIN, END, PAGE, recorded
from benchmarks.speed_project import SIZES
from benchmarks.speed_report import Result, rendered
from benchmarks.worker import Measured, Worker, WorkerError, timed

MULTIPLY_ADDS = 1_000_000


def result(half=True, **seconds):
    """100 images, or 0.6 GFLOP of matrix products, by each way in so many seconds, once as fast and once half as."""

    def turn(slower):
        units = {"bfloat16": 6e8, "float32": 6e8}
        return {way: Measured(units.get(way, 100), slower * took, 2 * took) for way, took in seconds.items()}

    return Result(SIZES[32], MULTIPLY_ADDS, half, [turn(1), turn(2)], ["a note"])


def line(text, start):
    return next(line for line in text.splitlines() if line.startswith(f"| {start}"))


def test_a_training_image_is_three_forward_passes_of_two_operations_a_multiply_add():
    found = result(bfloat16=1.0, a=2.0, ours=2.0)
    assert found.ratio("a", "bfloat16") == [0.5, 0.5]
    assert found.ratio("ours", "bfloat16") == pytest.approx([1 / 6, 1 / 6])


def test_ratios_are_taken_within_a_round_so_that_a_slow_round_changes_nothing():
    text = rendered(result(bfloat16=1.0, a=2.0, b=2.0, c=4.0))
    assert "| 2.000 | 2.000 – 2.000 |" in line(text, "(b) / (c)")
    assert "| 25.0 – 50.0 |" in line(text, "training: (b)")


@pytest.mark.parametrize(("took", "verdict"), [(1.42, "**reached**"), (1.44, "**falls short**")])
def test_the_peak_s_target_is_judged(took, verdict):
    assert verdict in line(rendered(result(bfloat16=1.0, a=took)), "(a) / bfloat16 peak")


def test_a_ratio_that_rests_on_idle_cores_says_so():
    turn = {way: Measured(100, 1.0, 2.0) for way in ("bfloat16", "a", "b")} | {"d": Measured(100, 2.0, 2.0)}
    told = line(rendered(Result(SIZES[32], MULTIPLY_ADDS, True, [turn], [])), "(b) / (d)")
    assert "| 2.000 | 2.000 – 2.000 | 1.00 |" in told
    assert "**reached**, not by processor time" in told


def test_nothing_is_judged_without_bfloat16_and_what_was_not_measured_is_left_out():
    text = rendered(result(half=False, bfloat16=1.0, a=9.0, b=9.0))
    assert "reached" not in text
    assert "falls short" not in text
    assert "(d)" not in text


def test_the_page_has_its_markers_and_keeps_what_is_around_them():
    page = PAGE.read_text(encoding="utf-8")
    found = recorded(page, "figures\n")
    assert found.split(BEGIN)[0] == page.split(BEGIN)[0]
    assert found.split(END)[1] == page.split(END)[1]
    assert re.search(f"{BEGIN}figures\n{END}", found)


def test_the_first_call_is_not_counted():
    calls = []
    measured = timed(lambda: calls.append(0), 10, 0.0, least=3)
    assert (len(calls), measured.units) == (4, 30)


def test_a_worker_that_fails_is_told_in_its_own_words(tmp_path, root):
    with pytest.raises(WorkerError, match=r"unheard_of ended: .* No module named benchmarks.unheard_of"):
        Worker("unheard_of", tmp_path, {"PYTHONPATH": str(root)})

"""The tables of `python -m benchmarks.speed`."""

import re

import pytest

from benchmarks.generated_part import replace_part
from benchmarks.speed.speed_page import PAGE, PART
from benchmarks.speed.speed_project import SIZES
from benchmarks.speed.speed_report import SpeedResult, render_result
from benchmarks.worker import Measurement

MULTIPLY_ADDS = 1_000_000


def result(seconds, *, trains_in_bfloat16=True):
    """Two rounds, the second half as fast; `seconds` by row are those of 100 images, or of 0.6 GFLOP of products."""

    def measurements(slowdown):
        units = {"bfloat16": 6e8, "float32": 6e8}
        return {row: Measurement(units.get(row, 100), slowdown * time, 2 * time) for row, time in seconds.items()}

    return SpeedResult(SIZES[32], MULTIPLY_ADDS, trains_in_bfloat16, [measurements(1), measurements(2)], ["a note"])


def line(text, start):
    return next(line for line in text.splitlines() if line.startswith(f"| {start}"))


def test_a_training_image_counts_as_three_forward_passes_of_two_operations_per_multiply_add():
    measured = result({"bfloat16": 1.0, "a": 2.0, "ours": 2.0})
    assert measured.ratios("a", "bfloat16") == [0.5, 0.5]
    assert measured.ratios("ours", "bfloat16") == pytest.approx([1 / 6, 1 / 6])


def test_ratios_are_computed_within_a_round_so_that_a_slow_round_does_not_change_them():
    text = render_result(result({"bfloat16": 1.0, "a": 2.0, "b": 2.0, "c": 4.0}))
    assert "| 2.000 | 2.000 – 2.000 |" in line(text, "(b) / (c)")
    assert "| 25.0 – 50.0 |" in line(text, "training: (b)")


@pytest.mark.parametrize(("seconds", "verdict"), [(1.42, "**reached**"), (1.44, "**falls short**")])
def test_the_bare_step_is_compared_with_its_target_share_of_the_peak(seconds, verdict):
    assert verdict in line(render_result(result({"bfloat16": 1.0, "a": seconds})), "(a) / bfloat16 peak")


def test_a_target_that_is_reached_by_wall_time_only_is_marked():
    measurements = {row: Measurement(100, 1.0, 2.0) for row in ("bfloat16", "a", "b")}
    measurements["d"] = Measurement(100, 2.0, 2.0)
    text = line(render_result(SpeedResult(SIZES[32], MULTIPLY_ADDS, True, [measurements], [])), "(b) / (d)")
    assert "| 2.000 | 2.000 – 2.000 | 1.00 |" in text
    assert "**reached**, not by processor time" in text


def test_without_bfloat16_there_are_no_verdicts_and_rows_without_measurements_are_left_out():
    text = render_result(result({"bfloat16": 1.0, "a": 9.0, "b": 9.0}, trains_in_bfloat16=False))
    assert "reached" not in text
    assert "falls short" not in text
    assert "(d)" not in text


def test_recording_replaces_only_the_generated_part_of_the_speed_page():
    page = PAGE.read_text(encoding="utf-8")
    begin, end = f"<!-- {PART}: begin -->\n", f"<!-- {PART}: end -->\n"
    recorded = replace_part(page, PART, "figures\n")
    assert recorded.split(begin)[0] == page.split(begin)[0]
    assert recorded.split(end)[1] == page.split(end)[1]
    assert re.search(f"{begin}figures\n{end}", recorded)

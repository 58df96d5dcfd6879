"""The tables of `python -m benchmarks.inference`."""

import pytest

from benchmarks.inference.inference_rounds import ORDER
from benchmarks.inference.inference_table import ROWS, TARGETS, InferenceResult, photo_line, render_inference
from benchmarks.worker import Measurement


def result(seconds):
    """Two rounds, the second half as fast; `seconds` by row are those of 100 images."""
    rounds = [{row: Measurement(100, slow * time, 2 * time) for row, time in seconds.items()} for slow in (1, 2)]
    return InferenceResult(32, 100, rounds, ["a note"])


def line(text, start):
    return next(line for line in text.splitlines() if line.startswith(f"| {start} |"))


def test_every_row_is_measured_and_every_target_names_rows():
    assert set(ORDER) == set(ROWS)
    assert {name for target in TARGETS for name in (target.row, *target.others)} <= set(ROWS)


@pytest.mark.parametrize(("seconds", "verdict"), [(1.1, "**reached**"), (1.2, "**falls short**")])
def test_ratios_are_computed_within_a_round_and_compared_with_their_target(seconds, verdict):
    text = line(render_inference(result({"bare": 1.0, "arrays": seconds}), bfloat16=False), "(2) / (1)")
    assert f"| {1 / seconds:.3f} | {1 / seconds:.3f} – {1 / seconds:.3f} | ≥ 0.90 | {verdict} |" in text


@pytest.mark.parametrize(("decoding", "bare"), [(1.0, 0.1), (0.1, 1.0)])
def test_files_are_compared_with_what_is_slower_decoding_or_the_engine(decoding, bare):
    text = render_inference(result({"decoding": decoding, "bare": bare, "files": 1.25}), bfloat16=False)
    assert "| 0.800 |" in line(text, "(3) / slower of (4) and (1)")


@pytest.mark.parametrize(("bfloat16", "words"), [(True, "**reached**"), (False, "none: no bfloat16 here")])
def test_some_targets_hold_for_processors_with_bfloat16_only(bfloat16, words):
    text = render_inference(result({"arrays": 1.0, "keras": 6.0}), bfloat16=bfloat16)
    assert words in line(text, "(2) / (6)")


def test_what_was_not_measured_is_left_out():
    text = render_inference(result({"bare": 1.0, "arrays": 1.0}), bfloat16=True)
    assert "PyTorch" not in text
    assert "(5)" not in text
    assert "- a note\n" in text


@pytest.mark.parametrize(("seconds", "verdict"), [([2.0, 2.9, 9.0], "**reached**"), ([3.1] * 3, "**falls short**")])
def test_the_median_of_one_photo_s_times_counts(seconds, verdict):
    assert photo_line(32, seconds).endswith(f"target < 3 s: {verdict}\n")

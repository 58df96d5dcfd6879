"""Accuracy on corrupted images."""

import numpy as np
import pytest

from pipeline.evaluation.robustness.corruptions import CORRUPTIONS
from pipeline.evaluation.robustness.robustness_scores import example_corruptions, measure_robustness


class BrightnessEngine:
    """Takes images for class 1 if they are bright."""

    name = "brightness"

    def shared(self, threads):
        return self

    def probabilities(self, pixels):
        bright = pixels.mean(axis=(1, 2, 3)) > 128
        return np.stack([~bright, bright], axis=1).astype(np.float32)

    def class_maps(self, pixels):
        return None


def test_the_images_as_they_are_come_first_then_each_corruption():
    pixels = np.full((20, 16, 16, 1), 100, np.uint8)
    pixels[10:] = 200
    truth = np.repeat([0, 1], 10).astype(np.int32)
    scores = measure_robustness(BrightnessEngine(), [pixels[:7], pixels[7:]], truth)
    assert (scores[0].corruption, scores[0].strength, scores[0].setting) == ("none", 0, "as they are")
    assert [(one.corruption, one.strength) for one in scores[1:]] == [(one.name, one.strength) for one in CORRUPTIONS]
    assert {one.images for one in scores} == {20}
    accuracy = {(one.corruption, one.strength): one.accuracy.value for one in scores}
    assert accuracy["none", 0] == 1
    assert (accuracy["brightness", 1], accuracy["brightness", 2]) == (1, 0.5)  # 100 + 76 is bright
    assert accuracy["rotation", 3] == accuracy["blur", 3] == 1
    assert scores[0].accuracy.low == pytest.approx(0.8389, abs=1e-4)  # Wilson's, of 20 in 20


def test_of_no_images_nothing_is_known():
    scores = measure_robustness(BrightnessEngine(), [], np.array([], np.int32))
    assert len(scores) == 16
    assert not scores[0].accuracy.defined


def test_an_image_has_an_example_of_each():
    pixels = np.random.default_rng(0).integers(0, 256, (16, 20, 3), np.uint8)
    examples = example_corruptions(pixels)
    assert set(examples) == {(one.name, one.strength) for one in CORRUPTIONS}
    assert {one.shape for one in examples.values()} == {(16, 20, 3)}

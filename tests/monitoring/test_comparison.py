"""What alarms and what does not, on drawn measures."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.monitoring.comparison import LEAST_IMAGES, NewImages, alarms, compare_images
from pipeline.monitoring.reference.embedding_space import EmbeddingSpace
from pipeline.monitoring.reference.image_reference import ImageReference
from pipeline.monitoring.reference.image_table import ImageTable
from pipeline.monitoring.shift.measure_shift import NAMES

CLASSES = 4
SHARPNESS = 0.4  # of all images, about


def drawn(count, seed, *, surer=0.0):
    """Draw measures of images; `surer` is how much more certain a network is of images it was trained on."""
    generator = np.random.default_rng(seed)
    predicted = generator.choice(CLASSES, count, p=[0.4, 0.3, 0.2, 0.1])
    embedding = generator.normal(size=(count, 8)) + 3 * np.eye(8)[predicted]
    width = generator.choice([320, 640], count)
    return ImageTable(
        width,
        width * 3 // 4,
        generator.normal(120, 30, count).clip(0, 255),
        generator.normal(50, 10, count).clip(0, 127),
        predicted,
        generator.beta(5 + 20 * surer, 2, count),
        embedding.astype(np.float32),
    )


def images(table, sharpness=SHARPNESS):
    return NewImages(table, np.random.default_rng(len(table)).normal(sharpness, 0.05, len(table)))


@pytest.fixture(scope="module")
def reference():
    counts = np.zeros(19, np.int64)
    counts[9:12] = [200, 500, 100]
    space = EmbeddingSpace(np.zeros(8, np.float32), np.eye(8, dtype=np.float32))
    names = tuple("abcd")
    return ImageReference("", names, drawn(300, 1), drawn(600, 2, surer=1.0), counts, space)


def alarming(new, reference, *ignored):
    return {shift.measure.name for shift in alarms(compare_images(new, reference, ignored))}


@pytest.mark.parametrize("count", [20, 100])
def test_images_of_the_same_source_rarely_alarm(reference, count):
    found = [alarming(images(drawn(count, 1000 + seed)), reference, "sharpness") for seed in range(40)]
    assert sum(map(bool, found)) <= 3


@pytest.mark.parametrize("count", [20, 100])
def test_samples_of_the_training_images_rarely_alarm(reference, count):
    chosen = [np.random.default_rng(seed).permutation(600)[:count] for seed in range(40)]
    found = [alarming(images(reference.training.take(rows)), reference, "sharpness") for rows in chosen]
    assert sum(map(bool, found)) <= 2


def test_each_change_alarms_by_its_measure(reference):
    new = drawn(100, 5)
    changed = {
        "width": replace(new, width=new.width * 2),
        "brightness": replace(new, brightness=new.brightness / 2),
        "contrast": replace(new, contrast=new.contrast / 2),
        "confidence": replace(new, confidence=new.confidence / 2),
        "embedding": replace(new, embedding=new.embedding + 1),
    }
    for name, table in changed.items():
        found = alarming(images(table), reference, "sharpness")
        assert name in found, name
        assert found <= {name, "aspect"}, name


def test_blurred_images_alarm_by_their_sharpness(reference):
    assert alarming(images(drawn(60, 5), sharpness=0.2), reference) >= {"sharpness"}


def test_one_class_alarms_and_can_be_expected(reference):
    many = drawn(900, 7)
    one = images(many.take(many.predicted == 2))
    assert alarming(one, reference, "sharpness") == {"class_mix"}
    assert alarming(one, reference, "sharpness", "class_mix") == set()
    shift = next(shift for shift in compare_images(one, reference) if shift.measure.name == "class_mix")
    assert shift.note.startswith("c: ")
    assert shift.note.endswith("100% now")


def test_higher_confidence_is_no_alarm(reference):
    assert alarming(images(drawn(200, 8, surer=1.0)), reference, "sharpness") == set()


def test_many_images_do_not_alarm_for_a_difference_that_is_small(reference):
    new = drawn(20_000, 9)
    shifts = compare_images(images(replace(new, brightness=new.brightness + 9)), reference, ["sharpness"])
    brightness = next(shift for shift in shifts if shift.measure.name == "brightness")
    assert brightness.adjusted < 0.05
    assert brightness.verdict == "ok"
    assert alarms(shifts) == []


def test_the_order_and_the_verdicts_are_complete(reference):
    shifts = compare_images(images(drawn(50, 3)), replace(reference, space=None), ["width"])
    assert tuple(shift.measure.name for shift in shifts) == NAMES
    verdicts = {shift.measure.name: shift.verdict for shift in shifts}
    assert verdicts["width"] == "ignored"
    assert verdicts["embedding"] == "not compared"
    assert compare_images(images(drawn(50, 3)), reference) == compare_images(images(drawn(50, 3)), reference)


def test_sharpness_that_nobody_has_is_not_compared(reference):
    blind = replace(images(drawn(50, 3)), sharpness=np.full(50, np.nan))
    shift = next(shift for shift in compare_images(blind, reference) if shift.measure.name == "sharpness")
    assert (shift.verdict, shift.note) == ("not compared", "only 0 of the new images have one")
    icons = replace(reference, sharpness=np.zeros(19, np.int64))
    shift = next(shift for shift in compare_images(images(drawn(50, 3)), icons) if shift.measure.name == "sharpness")
    assert "too small" in shift.note


def test_a_reference_with_few_held_out_images_is_enough(reference):
    few = replace(reference, held_out=reference.held_out.take(np.arange(3)))
    shifts = compare_images(images(drawn(60, 4)), few, ["sharpness"])
    assert alarms(shifts) == []
    assert next(shift for shift in shifts if shift.measure.name == "confidence").note == "only 3 validation images"
    fewer = replace(few, training=few.training.take(np.arange(5)))
    assert compare_images(images(drawn(LEAST_IMAGES, 4)), fewer, ["sharpness"])

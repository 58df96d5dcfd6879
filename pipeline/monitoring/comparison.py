"""New images against a model's reference: every measure is tested, and all tests count together."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.scores.multiple_tests import holm
from pipeline.monitoring.reference.image_reference import ImageReference
from pipeline.monitoring.reference.image_table import ImageTable
from pipeline.monitoring.sharpness_bins import sharpness_bins
from pipeline.monitoring.shift.class_matching import matched_rows
from pipeline.monitoring.shift.class_mix_test import class_mix_test
from pipeline.monitoring.shift.energy_test import energy_test
from pipeline.monitoring.shift.measure_shift import LEVEL, MEASURES, Measure, MeasureShift
from pipeline.monitoring.shift.shift_test import ShiftTest, value_gap

LEAST_IMAGES = 20  # fewer can show nothing
MOST_POINTS = 300  # of a set, whose distances to one another are computed
SEED = 0


@dataclass(frozen=True)
class NewImages:
    """Measures of the new images.

    Attributes:
        table: those that the reference has of each image, too; n images.
        sharpness: (n,), NaN where an image is too small.
    """

    table: ImageTable
    sharpness: NDArray[np.float64]


def compare_images(new: NewImages, reference: ImageReference, ignored: Collection[str] = ()) -> list[MeasureShift]:
    """Return the comparison of each measure, in the order of MEASURES; the same for the same images.

    A difference counts only if it is one from the held-out and from the training images, so that neither a sample of
    the training images nor new ones like them alarm.

    Args:
        new: at least LEAST_IMAGES.
        reference: of the model.
        ignored: names of measures that are left out.
    """
    shifts = [
        MeasureShift(measure, None, None, None, None, None, "ignored")
        if measure.name in ignored
        else _TESTS[measure.name](measure, new, reference)
        for measure in MEASURES
    ]
    tested = [index for index, shift in enumerate(shifts) if shift.p_value is not None]
    adjusted = holm(np.array([shifts[index].p_value for index in tested], np.float64))
    for index, p_value in zip(tested, adjusted.tolist(), strict=True):
        shift = shifts[index]
        alarm = p_value <= LEVEL and (shift.effect or 0.0) > shift.measure.limit
        shifts[index] = replace(shift, adjusted=p_value, verdict="alarm" if alarm else "ok")
    return shifts


def _value(measure: Measure, new: NewImages, reference: ImageReference) -> MeasureShift:
    values, sets = getattr(new.table, measure.name), [getattr(table, measure.name) for table in _sets(reference)]
    test = _weakest(value_gap(values, one) for one in sets)
    return _tested(measure, test, float(np.median(np.concatenate(sets))), float(np.median(values)))


def _sharpness(measure: Measure, new: NewImages, reference: ImageReference) -> MeasureShift:
    """Compare with the training images' histogram: a sharpness is counted by its bin."""
    known = new.sharpness[~np.isnan(new.sharpness)]
    bins, centers = sharpness_bins(known)
    training = np.repeat(np.arange(len(centers)), reference.sharpness)
    if len(training) < LEAST_IMAGES:
        return _untested(measure, "the training images are too small to have a sharpness")
    if len(known) < LEAST_IMAGES:
        return _untested(measure, f"only {len(known)} of the new images have one")
    middle = float(centers[int(np.median(training))])
    return _tested(measure, value_gap(bins, training), middle, float(np.median(known)))


def _embedding(measure: Measure, new: NewImages, reference: ImageReference) -> MeasureShift:
    if reference.space is None or not new.table.embedding.shape[1]:
        return _untested(measure, "the network has no pooled features")
    generator = np.random.default_rng(SEED)
    chosen = new.table.take(generator.permutation(len(new.table))[:MOST_POINTS])
    found = []
    for table in _sets(reference):
        rows = matched_rows(chosen.predicted, table.predicted, MOST_POINTS, generator)
        found.append(energy_test(chosen.embedding, table.embedding[rows], generator))
    return _tested(measure, _weakest(found), None, None)


def _confidence(measure: Measure, new: NewImages, reference: ImageReference) -> MeasureShift:
    """Compare with the held-out images alone: the network may be surer of the images that it was trained on."""
    values, held_out = new.table.confidence, reference.held_out.confidence
    if len(held_out) < LEAST_IMAGES:
        return _untested(measure, f"only {len(held_out)} validation images")
    test = value_gap(values, held_out, lower_only=True)
    return _tested(measure, test, float(np.median(held_out)), float(np.median(values)))


def _class_mix(measure: Measure, new: NewImages, reference: ImageReference) -> MeasureShift:
    generator, number = np.random.default_rng(SEED), len(reference.classes)
    counts, *sets = (np.bincount(table.predicted, minlength=number) for table in (new.table, *_sets(reference)))
    test = _weakest(class_mix_test(counts, one, generator) for one in sets)
    here, there = counts / counts.sum(), sets[0] / sets[0].sum()
    most = int(np.abs(here - there).argmax())
    note = f"{reference.classes[most]}: {there[most]:.0%} before, {here[most]:.0%} now"
    return replace(_tested(measure, test, None, None), note=note)


def _sets(reference: ImageReference) -> list[ImageTable]:
    """Return the sets of the reference that have enough images, the held-out ones first; at least one set."""
    sets = [table for table in (reference.held_out, reference.training) if len(table) >= LEAST_IMAGES]
    return sets or [ImageTable.joined([reference.held_out, reference.training])]


def _weakest(tests: Iterable[ShiftTest]) -> ShiftTest:
    return reduce(ShiftTest.weaker, tests)


def _tested(measure: Measure, test: ShiftTest, reference: float | None, new: float | None) -> MeasureShift:
    return MeasureShift(measure, reference, new, test.effect, test.p_value, None, "ok")


def _untested(measure: Measure, why: str) -> MeasureShift:
    return MeasureShift(measure, None, None, None, None, None, "not compared", why)


def alarms(shifts: Sequence[MeasureShift]) -> list[MeasureShift]:
    """Return the comparisons that alarm."""
    return [shift for shift in shifts if shift.verdict == "alarm"]


_TESTS: dict[str, Callable[[Measure, NewImages, ImageReference], MeasureShift]] = {
    **dict.fromkeys(("width", "height", "aspect", "brightness", "contrast"), _value),
    "sharpness": _sharpness,
    "embedding": _embedding,
    "confidence": _confidence,
    "class_mix": _class_mix,
}

"""The contents of the page, gathered."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.monitoring.comparison import NewImages, alarms
from pipeline.monitoring.reference.image_reference import ImageReference
from pipeline.monitoring.sharpness_bins import sharpness_bins
from pipeline.monitoring.shift.measure_shift import MEASURES, MeasureShift
from pipeline.monitoring.shown.monitor_outcome import MonitorOutcome
from pipeline.monitoring.shown.shift_text import shift_rows
from pipeline.monitoring.shown.unusual_images import unusual_images
from pipeline.report.monitor.monitor_content import MonitorContent, MonitorHistogram
from pipeline.runtime.images.image_inputs import NamedImage

MOST_CLASSES = 20
MOST_UNREADABLE = 200


def monitor_content(
    new: NewImages,
    images: Sequence[NamedImage],
    reference: ImageReference,
    outcome: MonitorOutcome,
    facts: Mapping[str, str],
) -> MonitorContent:
    """Return what the page shows.

    Args:
        new: measures of the readable images.
        images: these images, in the same order.
        reference: of the model.
        outcome: of the comparison.
        facts: labels and texts for the page's head.
    """
    shifts, unreadable = outcome.shifts or (), outcome.unreadable
    return MonitorContent(
        alarm=outcome.alarm,
        sentence=outcome.sentence,
        facts=facts,
        rows=shift_rows(shifts),
        histograms=_histograms(new, reference, shifts),
        classes=_classes(new, reference),
        images=unusual_images(new, images, reference, shifts),
        unreadable=unreadable[:MOST_UNREADABLE],
        unreadable_total=len(unreadable),
    )


def _histograms(new: NewImages, reference: ImageReference, shifts: Sequence[MeasureShift]) -> list[MonitorHistogram]:
    alarming = {shift.measure.name for shift in alarms(shifts)}
    found = []
    for measure in MEASURES:
        pair = _values(measure.name, new, reference)
        if pair and all(len(values) for values in pair):
            found.append(MonitorHistogram(measure.title, *pair, measure.name in alarming))
    return found


def _values(
    name: str, new: NewImages, reference: ImageReference
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Return the values of the reference and of the new images; None for measures that are no single number."""
    if name == "sharpness":
        known = new.sharpness[~np.isnan(new.sharpness)]
        _, middles = sharpness_bins(known)
        return np.repeat(middles, reference.sharpness), known
    if name in ("embedding", "class_mix"):
        return None
    sets = [reference.held_out] if name == "confidence" else [reference.held_out, reference.training]
    before = np.concatenate([getattr(table, name).astype(np.float64) for table in sets])
    return before, getattr(new.table, name).astype(np.float64)


def _classes(new: NewImages, reference: ImageReference) -> list[tuple[str, float, float]]:
    number = len(reference.classes)
    before, now = (
        np.bincount(table.predicted, minlength=number) / max(len(table), 1) for table in (reference.held_out, new.table)
    )
    order = np.argsort(-np.abs(before - now), kind="stable")[:MOST_CLASSES]
    return [(reference.classes[index], float(before[index]), float(now[index])) for index in order.tolist()]

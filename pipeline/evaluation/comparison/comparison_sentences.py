"""What a comparison comes to, in plain sentences."""

from math import isnan

from pipeline.evaluation.comparison.model_comparison import ModelComparison
from pipeline.evaluation.comparison.paired_images import PairedImages
from pipeline.evaluation.scores.interval_estimate import Estimate

CAUTION = (
    "This compares two trained models, not two settings: with another seed, the same settings give another model. "
    "Before you prefer a setting, train each with several seeds, or cross-validate."
)


def verdict_sentence(comparison: ModelComparison) -> str:
    """Return whether one model is more accurate, by how much, or how large a difference had been seen."""
    accuracy, images = comparison.figures[0], len(comparison.images)
    if not comparison.only_a and not comparison.only_b:
        return (
            f"No difference in accuracy is shown: both are right on the same images. With {_count(images)}, "
            f"{_seen(comparison)}."
        )
    points = abs(100 * accuracy.difference.value)
    evidence = (
        f"95% interval of B − A: {signed_points(accuracy.difference)}; exact McNemar {p_text(comparison.p_value)}"
    )
    if comparison.better:
        higher = f"its accuracy on {_count(images)} is {points:.1f} percentage points higher"
        return f"{comparison.better} is better: {higher} ({evidence})."
    ahead = "B" if accuracy.difference.value > 0 else "A"
    higher = f"{ahead} is {points:.1f} percentage points higher"
    found = higher if comparison.only_a != comparison.only_b else "both are equal"
    seen = _seen(comparison).capitalize()
    return f"No difference in accuracy is shown: {found} on {_count(images)} ({evidence}). {seen}."


def loss_sentence(comparison: ModelComparison) -> str:
    """Return what the loss says where its interval leaves out 0, else an empty string."""
    loss = next(figure for figure in comparison.figures if figure.name == "loss")
    if not loss.better:
        return ""
    size = abs(loss.difference.value)
    ends = sorted((abs(loss.difference.low), abs(loss.difference.high)))
    return (
        f"The mean loss of {loss.better} is lower by {size:.3g} (95% interval {ends[0]:.3g} to {ends[1]:.3g}): "
        "it gives the true class a higher probability."
    )


def image_notes(images: PairedImages) -> list[str]:
    """Return on which images the models are compared, and which are left out."""
    count = len(images)
    if images.same_test_set:
        return [f"Both were tested on the same {_count(count)}."]
    of_a, of_b = images.test_images
    notes = [f"Compared on the {_count(count)} that {_are(count)} of both; A has {of_a:,}, B has {of_b:,}."]
    for left_out, fitted, tested in zip(images.trained_on, "AB", "BA", strict=True):
        if left_out:
            notes.append(f"Left out: {_count(left_out)} of {tested} on which {fitted} was trained or validated.")
    if images.other_label:
        notes.append(f"Left out: {_count(images.other_label)} with another label in the other's data.")
    return notes


def signed_points(difference: Estimate) -> str:
    """Return an interval in percentage points, such as `−1.4 to +2.0`."""
    return f"{signed(100 * difference.low, 1)} to {signed(100 * difference.high, 1)}"


def signed(value: float, digits: int) -> str:
    """Return a number with its sign; `–` for NaN."""
    if isnan(value):
        return "–"
    text = f"{value:+.{digits}f}".replace("-", "−")
    return text[1:] if float(f"{value:.{digits}f}") == 0 else text


def p_text(p_value: float) -> str:
    """Return a p-value with two significant digits, such as `p = 0.031`."""
    return "p < 0.0001" if p_value < 0.0001 else f"p = {p_value:.2g}"


def _seen(comparison: ModelComparison) -> str:
    return f"a difference of about {100 * comparison.detectable:.1f} points would be shown in 4 of 5 cases"


def _count(number: int) -> str:
    return f"{number:,} test image{'s' if number != 1 else ''}"


def _are(number: int) -> str:
    return "is one" if number == 1 else "are those"

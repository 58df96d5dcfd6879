"""The comparison of one measure, with its verdict."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["alarm", "ok", "not compared", "ignored"]
LEVEL = 0.05  # of all tests together


@dataclass(frozen=True)
class Measure:
    """A measure that is compared.

    Attributes:
        name: on the command line and in JSON.
        title: for people.
        limit: an alarm needs an effect above it, 0 to 1, however many images there are.
        meaning: of the effect, in a few words.
    """

    name: str
    title: str
    limit: float
    meaning: str


GAP = "largest difference of the shares of images below a value"
MEASURES = (
    Measure("width", "width, pixels", 0.2, GAP),
    Measure("height", "height, pixels", 0.2, GAP),
    Measure("aspect", "width / height", 0.2, GAP),
    Measure("brightness", "brightness", 0.2, GAP),
    Measure("contrast", "contrast", 0.2, GAP),
    Measure("sharpness", "sharpness", 0.2, GAP),
    Measure("embedding", "look, to the network", 0.03, "energy distance within the predicted classes, as a share"),
    Measure("confidence", "confidence", 0.2, "the same as for brightness, only where the new images' is lower"),
    Measure("class_mix", "mix of classes", 0.2, "share of images that are of other classes, beyond chance"),
)
NAMES = tuple(measure.name for measure in MEASURES)


@dataclass(frozen=True)
class MeasureShift:
    """How one measure of the new images differs from the reference.

    Attributes:
        measure: which.
        reference: median of the reference's images; None if the measure has none.
        new: median of the new images; None if the measure has none.
        effect: size of the difference, 0 to 1; None if it was not compared.
        p_value: of its test; None if it was not compared.
        adjusted: p-value, adjusted for the number of measures; None if it was not compared.
        verdict: `alarm` if `adjusted` is at most LEVEL and the effect above the measure's limit.
        note: why it was not compared, or what differs most; may be empty.
    """

    measure: Measure
    reference: float | None
    new: float | None
    effect: float | None
    p_value: float | None
    adjusted: float | None
    verdict: Verdict
    note: str = ""

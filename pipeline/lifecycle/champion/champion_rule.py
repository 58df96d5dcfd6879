"""The rule by which a version takes the champion's place, and its verdict in a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from pipeline.config.schema.gate_schema import ChampionConfig
from pipeline.evaluation.comparison.comparison_sentences import p_text
from pipeline.evaluation.comparison.figure_differences import FigureDifference, figure_differences
from pipeline.evaluation.comparison.model_comparison import LEVEL
from pipeline.evaluation.comparison.paired_images import PairedImages
from pipeline.evaluation.comparison.paired_proportions import mcnemar
from pipeline.registry.decimals import DECIMALS, apart

ACCURACY = "accuracy"
LEAST_P = 0.0001


@dataclass(frozen=True)
class MetricComparison:
    """The champion (A) and a new version (B) by one figure of the same test images.

    Attributes:
        figure: values, difference B − A and its 95% interval; NaN where there is no interval.
        p_value: of McNemar's exact test; None for other figures than accuracy.
        images: how many both were compared on.
        left_out: test images of today that are not among them.
    """

    figure: FigureDifference
    p_value: float | None
    images: int
    left_out: int = 0

    @property
    def sides(self) -> tuple[float, float]:
        """How much better the new version is at least and at most, by the interval; negative: how much worse."""
        low, high = self.figure.difference.low, self.figure.difference.high
        return (low, high) if self.figure.higher_is_better else (-high, -low)

    def better_by(self, margin: float) -> bool:
        """Whether the new version is shown to be better by more than the margin.

        The whole interval must lie beyond it. For accuracy the exact test must reject equality too: in about one of a
        thousand cases it does not although Tango's interval leaves out 0.
        """
        return self.sides[0] > margin and (self.p_value is None or self.p_value < LEVEL)

    def not_worse_than(self, margin: float) -> bool:
        """Whether the new version is shown to be worse by no more than the margin."""
        return self.sides[0] >= -margin or self.alike

    @property
    def worse(self) -> bool:
        """Whether the new version is shown to be worse, by whatever margin."""
        return self.sides[1] < 0 and (self.p_value is None or self.p_value < LEVEL)

    @property
    def alike(self) -> bool:
        """Whether no image tells the two apart by a figure that then has no interval, as the loss has none."""
        return self.figure.difference.value == 0 and not isfinite(self.sides[0])


def compare_metric(images: PairedImages, classes: Sequence[str], metric: str, left_out: int = 0) -> MetricComparison:
    """Return the champion and a new version by one figure.

    Args:
        images: paired test images, the champion's first.
        classes: class names.
        metric: accuracy, balanced_accuracy, macro_f1, loss or expected_calibration_error.
        left_out: test images that were not paired.
    """
    figure = next(one for one in figure_differences(images, classes) if one.name == metric)
    p_value = None
    if metric == ACCURACY:
        right_a, right_b = (table["correct"].to_numpy(bool) for table in (images.a, images.b))
        p_value = float(mcnemar((right_a & ~right_b).sum(), (right_b & ~right_a).sum()))
    return MetricComparison(figure, p_value, len(images), left_out)


def rule_verdict(compared: MetricComparison, settings: ChampionConfig) -> tuple[bool, str]:
    """Return whether the rule promotes the new version, and why.

    Args:
        compared: champion and new version, by the metric of the settings.
        settings: rule, metric and margin.
    """
    if settings.rule == "by_hand":
        return False, f"gate.champion.rule is by_hand; {_figures(compared, 0.0)}"
    if settings.rule == "better_by":
        promoted, limit = compared.better_by(settings.margin), settings.margin
        claim = "better" if limit == 0 else f"better by more than {_plain(limit)}"
    else:
        promoted, limit = compared.not_worse_than(settings.margin), -settings.margin
        claim = "no worse" if limit == 0 else f"worse by no more than {_plain(-limit)}"
    shown = "shown to be worse" if compared.worse else f"not shown to be {claim}"
    reason = f"{f'shown to be {claim}' if promoted else shown}: {_figures(compared, limit)}"
    if settings.rule == "better_by" and not promoted and compared.sides[0] > limit:
        reason += f"; the interval alone would show it, but the exact test does not at {LEVEL:g}"
    return promoted, reason


def _figures(compared: MetricComparison, limit: float) -> str:
    """Return both values, their difference and its interval; what is compared with the limit is not rounded to it."""
    figure, sign = compared.figure, 1 if compared.figure.higher_is_better else -1
    name, images = figure.name.replace("_", " "), f"{compared.images:,} test image{'s' * (compared.images != 1)}"
    old, new = apart(figure.a, figure.b)[0], apart(figure.b, figure.a)[0]
    if figure.a == figure.b:
        old = new = f"{figure.a:.{DECIMALS}f}"
    text = f"{name} {new} instead of the champion's {old} on the same {images}"
    if compared.alike:
        return f"{text}; no image tells the two apart"
    if not isfinite(compared.sides[0]):
        return f"{text}; no interval of the difference can be given, too few images tell the two apart"
    low, high = (_signed(end, sign * limit) for end in (figure.difference.low, figure.difference.high))
    text += f", difference {_signed(figure.difference.value, sign * limit)} (95% interval {low} to {high}"
    if compared.p_value is not None:
        shown = p_text(compared.p_value) if compared.p_value < LEAST_P else f"p = {apart(compared.p_value, LEVEL)[0]}"
        text += f", exact McNemar {shown}"
    return f"{text})"


def _signed(value: float, limit: float) -> str:
    text = apart(value, limit)[0]
    return text.replace("-", "−", 1) if value < 0 else f"+{text}" if value > 0 else text


def _plain(limit: float) -> str:
    return apart(limit, limit)[1]

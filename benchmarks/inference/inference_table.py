"""The figures of `python -m benchmarks.inference` in Markdown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.worker import Measurement
from pipeline.base.markdown import markdown_table

Round = Mapping[str, Measurement]  # by row, in images

ROWS = {
    "bare": "(1) bare OpenVINO, throughput",
    "arrays": "(2) `predict` on arrays",
    "files": "(3) `pipeline.predict` on JPEG files",
    "loading": "(3) with loading the model",
    "decoding": "(4) decoding alone",
    "torch": "(5) PyTorch",
    "keras": "(6) `keras.Model.predict`",
    "bare_single": "(1) bare OpenVINO, one image, latency",
    "arrays_single": "(2) `predict` of one image",
    "array_single": "(2) `probabilities` of one image, without a table",
    "torch_single": "(5) PyTorch, one image",
    "keras_single": "(6) `keras.Model.predict` of one image",
}


@dataclass(frozen=True)
class Target:
    """A ratio of speeds.

    Attributes:
        row: whose images per second are divided.
        others: by the slowest of these.
        name: of the ratio.
        least: what it should be, or None.
        bfloat16: whether the target is for processors with bfloat16 only.
    """

    row: str
    others: tuple[str, ...]
    name: str
    least: float | None = None
    bfloat16: bool = False


TARGETS = (
    Target("arrays", ("bare",), "(2) / (1)", 0.90),
    Target("files", ("decoding", "bare"), "(3) / slower of (4) and (1)", 0.85),
    Target("arrays", ("torch",), "(2) / (5)", 2.5, bfloat16=True),
    Target("arrays", ("keras",), "(2) / (6)", 5.0, bfloat16=True),
    Target("array_single", ("bare_single",), "one image, without a table: (2) / (1)", 0.90),
    Target("arrays_single", ("bare_single",), "one image: (2) / (1)"),
    Target("arrays_single", ("torch_single",), "one image: (2) / (5)"),
    Target("arrays_single", ("keras_single",), "one image: (2) / (6)"),
)
PHOTO_SECONDS = 3.0  # target for the whole command on one photo


@dataclass(frozen=True)
class InferenceResult:
    """The measurements at one size of images.

    Attributes:
        side: of the images, in pixels.
        images: in a call.
        rounds: the measurements of each round.
        notes: sentences below the tables.
    """

    side: int
    images: int
    rounds: Sequence[Round]
    notes: Sequence[str]

    def ratios(self, target: Target) -> list[float]:
        """Return the ratio in each round."""
        return [each[target.row].rate / min(each[other].rate for other in target.others) for each in self.rounds]


def render_inference(result: InferenceResult, *, bfloat16: bool) -> str:
    """Return the section of one size: heading, speeds, ratios, notes.

    Args:
        result: at least one round.
        bfloat16: whether the processor has bfloat16 instructions.
    """
    rows = result.rounds[0]
    speeds = [_speed_cells(result, row) for row in ROWS if row in rows]
    targets = [target for target in TARGETS if {target.row, *target.others} <= set(rows)]
    return (
        f"### {result.side}×{result.side}, {result.images:,} images in a call\n\n"
        + markdown_table(("", "images/s", "range", "ms per image", "CPU ms per image"), speeds, "lrrrr")
        + "\n"
        + markdown_table(
            ("ratio", "median", "range", "target", ""),
            [_ratio_cells(result, target, bfloat16=bfloat16) for target in targets],
            "lrrrl",
        )
        + "\n"
        + "".join(f"- {note}\n" for note in result.notes)
        + "\n"
    )


def photo_line(side: int, seconds: Sequence[float]) -> str:
    """Return the line on the whole command for one photo.

    Args:
        side: of the network's images.
        seconds: of each try.
    """
    verdict = "**reached**" if median(seconds) < PHOTO_SECONDS else "**falls short**"
    return (
        f"- one photo by `python -m pipeline.predict`, network at {side}×{side}: {median(seconds):.2f} s "
        f"({min(seconds):.2f} – {max(seconds):.2f}), target < {PHOTO_SECONDS:g} s: {verdict}\n"
    )


def _speed_cells(result: InferenceResult, row: str) -> tuple[str, ...]:
    measured = [each[row] for each in result.rounds]
    rates = [each.rate for each in measured]
    cpu = median(1000 * each.cpu / each.units for each in measured)
    return ROWS[row], f"{median(rates):,.1f}", _range(rates, 1), f"{1000 / median(rates):.3f}", f"{cpu:.3f}"


def _ratio_cells(result: InferenceResult, target: Target, *, bfloat16: bool) -> tuple[str, ...]:
    ratios = result.ratios(target)
    figures = (target.name, f"{median(ratios):.3f}", _range(ratios, 3))
    if target.least is None:
        return *figures, "", ""
    verdict = "**reached**" if median(ratios) >= target.least else "**falls short**"
    if target.bfloat16 and not bfloat16:
        verdict = "none: no bfloat16 here"
    return *figures, f"≥ {target.least:.2f}", verdict


def _range(values: Sequence[float], digits: int) -> str:
    return f"{min(values):,.{digits}f} – {max(values):,.{digits}f}"

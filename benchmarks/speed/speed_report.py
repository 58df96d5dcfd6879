"""The measurements of `python -m benchmarks.speed` as Markdown tables, with a verdict for each target."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from benchmarks.speed.speed_project import Size
from benchmarks.worker import Measurement
from pipeline.base.markdown import markdown_table

TRAINING, INFERENCE = 3, 1  # an image's arithmetic, in forward passes: a backward pass counts as two
ROWS = {  # a row's label, and its arithmetic; 0: its units are operations already
    "float32": ("product of 4096×4096 matrices, float32", 0),
    "bfloat16": ("product of 4096×4096 matrices, bfloat16", 0),
    "a": ("training: (a) our step, bare", TRAINING),
    "b": ("training: (b) `pipeline.train`, whole", TRAINING),
    "c": ("training: (c) Keras, default settings", TRAINING),
    "d": ("training: (d) PyTorch, best setting", TRAINING),
    "ours": ("inference: our network as it is trained", INFERENCE),
    "saved": ("inference: our saved file, float32", INFERENCE),
    "keras": ("inference: Keras, default settings", INFERENCE),
    "torch": ("inference: PyTorch, best setting", INFERENCE),
}
HEADS = (
    "",
    "images/s, median",
    "lowest – highest",
    "GFLOP/s",
    "of the bfloat16 peak",
    "core-seconds per 1,000 images",
)
RATIO_HEADS = ("ratio", "median", "lowest – highest", "by processor time", "target", "verdict")
RATIOS = (  # two rows and the target of their ratio
    ("b", "a", 0.95), ("b", "c", 1.7), ("b", "d", 1.15), ("a", "c", None), ("a", "d", None),
    ("ours", "keras", None), ("ours", "torch", None), ("saved", "keras", None), ("saved", "torch", None),
)  # fmt: skip
NAMES = {"ours": "ours", "saved": "our saved file", "keras": "Keras", "torch": "PyTorch"}
Round = Mapping[str, Measurement]  # by row, in images; for the matrix products in floating-point operations


@dataclass(frozen=True)
class SpeedResult:
    """The measurements at one size of images.

    Attributes:
        size: of images and batch.
        multiply_adds: of the network's forward pass for one image.
        bfloat16: whether our network trains in bfloat16 on this machine; the targets assume it.
        rounds: the measurements of each round.
        notes: sentences below the tables.
    """

    size: Size
    multiply_adds: int
    bfloat16: bool
    rounds: Sequence[Round]
    notes: Sequence[str]

    def with_notes(self, notes: Sequence[str]) -> "SpeedResult":
        """Return a copy with `notes` appended."""
        return replace(self, notes=[*self.notes, *notes])

    def operations_per_unit(self, row: str) -> float:
        """Return the floating-point operations of one unit of `row`."""
        passes = ROWS[row][1]
        return 2.0 * passes * self.multiply_adds if passes else 1.0

    def ratios(self, row: str, other: str, *, by_cpu: bool = False) -> list[float]:
        """Return each round's operations per second of `row`, divided by those of `other`.

        Args:
            row: a key of `ROWS`.
            other: another one.
            by_cpu: count seconds of processor time instead of wall time.
        """

        def speed(measurement: Measurement, name: str) -> float:
            seconds = measurement.cpu if by_cpu else measurement.seconds
            return measurement.units * self.operations_per_unit(name) / seconds

        return [speed(each[row], row) / speed(each[other], other) for each in self.rounds]


def render_result(result: SpeedResult) -> str:
    """Return the section of one size: heading, speeds, ratios, notes."""
    side, rows = result.size.side, result.rounds[0]
    ratios = [_ratio_cells(result, "a", "bfloat16", "(a) / bfloat16 peak", result.size.peak_target)]
    for row, other, target in RATIOS:
        if row in rows and other in rows:
            name = f"{NAMES.get(row, f'({row})')} / {NAMES.get(other, f'({other})')}"
            ratios.append(_ratio_cells(result, row, other, name, target))
    return (
        f"### {side}×{side}, batch {result.size.batch}\n\n"
        + markdown_table(HEADS, [_speed_cells(result, row) for row in ROWS if row in rows], "lrrrrr")
        + "\n"
        + markdown_table(RATIO_HEADS, ratios, "lrrrrl")
        + "\n"
        + "".join(f"- {note}\n" for note in result.notes)
        + "\n"
    )


def _speed_cells(result: SpeedResult, row: str) -> tuple[str, ...]:
    measurements, (name, passes) = [each[row] for each in result.rounds], ROWS[row]
    rates = [each.rate for each in measurements]
    operations = f"{median(rates) * result.operations_per_unit(row) / 1e9:.0f}"
    share = f"{median(result.ratios(row, 'bfloat16')):.0%}"
    if not passes:
        return name, "", "", operations, share, ""
    cpu = median(1000 * each.cpu / each.units for each in measurements)
    return name, f"{median(rates):.1f}", _spread(rates, 1), operations, share, f"{cpu:.1f}"


def _ratio_cells(result: SpeedResult, row: str, other: str, name: str, target: float | None) -> tuple[str, ...]:
    ratios, by_cpu = result.ratios(row, other), median(result.ratios(row, other, by_cpu=True))
    figures = (name, f"{median(ratios):.3f}", _spread(ratios, 3), f"{by_cpu:.2f}")
    if target is None:
        return *figures, "", ""
    verdict = "**reached**" if median(ratios) >= target else "**falls short**"
    if by_cpu < target <= median(ratios):
        verdict += ", not by processor time"
    return *figures, f"≥ {target:.2f}", verdict if result.bfloat16 else "none: not trained in bfloat16"


def _spread(values: Sequence[float], digits: int) -> str:
    return f"{min(values):.{digits}f} – {max(values):.{digits}f}"

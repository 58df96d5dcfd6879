"""What speed.py measured as tables in Markdown, with a verdict for each target."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import median

from benchmarks.speed_project import Size
from benchmarks.worker import Measured

TRAINING, INFERENCE = 3, 1  # forward passes' worth of multiply-adds: the backward pass is two
ROWS = {
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
HEADING = "| | images/s, median | lowest – highest | GFLOP/s | of the bfloat16 peak | core-seconds per 1,000 images |\n"
RULE = "|---|---:|---:|---:|---:|---:|\n"
RATIO_HEADING = "| ratio | median | lowest – highest | by processor time | target | verdict |\n"
RATIO_RULE = "|---|---:|---:|---:|---:|---|\n"
RATIOS = (
    ("b", "a", 0.95), ("b", "c", 1.7), ("b", "d", 1.15), ("a", "c", None), ("a", "d", None),
    ("ours", "keras", None), ("ours", "torch", None), ("saved", "keras", None), ("saved", "torch", None),
)  # fmt: skip
NAMES = {"ours": "ours", "saved": "our saved file", "keras": "Keras", "torch": "PyTorch"}
Round = Mapping[str, Measured]


@dataclass(frozen=True)
class Result:
    """What was measured at one size.

    Attributes:
        size: of images and batch.
        multiply_adds: of the network's forward pass for one image.
        half: whether our network trains in bfloat16 here; the targets are for that.
        rounds: what each way did, in the units of its row: images, or floating-point operations of a product.
        notes: lines in words.
    """

    size: Size
    multiply_adds: int
    half: bool
    rounds: list[Round]
    notes: list[str]

    def with_notes(self, more: list[str]) -> "Result":
        """Return the same with notes more."""
        return replace(self, notes=[*self.notes, *more])

    def flop(self, way: str) -> float:
        """Return the floating-point operations of one unit of `way`."""
        passes = ROWS[way][1]
        return 2.0 * passes * self.multiply_adds if passes else 1.0

    def ratio(self, way: str, other: str, *, by_cpu: bool = False) -> list[float]:
        """Return operations per second of `way` over those of `other`, round by round; by processor time if asked."""

        def speed(measured: Measured, name: str) -> float:
            return measured.units * self.flop(name) / (measured.cpu if by_cpu else measured.seconds)

        return [speed(turn[way], way) / speed(turn[other], other) for turn in self.rounds]


def rendered(result: Result) -> str:
    """Return the size's heading, table, ratios and notes."""
    side = result.size.side
    text = f"### {side}×{side}, batch {result.size.batch}\n\n{HEADING}{RULE}"
    text += "".join(_row(result, way) for way in ROWS if way in result.rounds[0])
    text += f"\n{RATIO_HEADING}{RATIO_RULE}"
    text += _verdict(result, "a", "bfloat16", "(a) / bfloat16 peak", result.size.of_peak)
    for way, other, target in RATIOS:
        if way in result.rounds[0] and other in result.rounds[0]:
            name = f"{NAMES.get(way, f'({way})')} / {NAMES.get(other, f'({other})')}"
            text += _verdict(result, way, other, name, target)
    return text + "\n" + "".join(f"- {note}\n" for note in result.notes) + "\n"


def _row(result: Result, way: str) -> str:
    measured, (name, passes) = [turn[way] for turn in result.rounds], ROWS[way]
    rates = [each.rate for each in measured]
    flop = median(rates) * result.flop(way) / 1e9
    share = f"{median(result.ratio(way, 'bfloat16')):.0%}"
    if not passes:
        return f"| {name} | | | {flop:.0f} | {share} | |\n"
    core = median(1000 * each.cpu / each.units for each in measured)
    return f"| {name} | {median(rates):.1f} | {_spread(rates, 1)} | {flop:.0f} | {share} | {core:.1f} |\n"


def _verdict(result: Result, way: str, other: str, name: str, target: float | None) -> str:
    ratios, by_cpu = result.ratio(way, other), median(result.ratio(way, other, by_cpu=True))
    told, verdict = "", ""
    if target is not None:
        told = f"≥ {target:.2f}"
        verdict = "**reached**" if median(ratios) >= target else "**falls short**"
        if by_cpu < target <= median(ratios):
            verdict += ", not by processor time"
        verdict = verdict if result.half else "not judged: no bfloat16 here"
    return f"| {name} | {median(ratios):.3f} | {_spread(ratios, 3)} | {by_cpu:.2f} | {told} | {verdict} |\n"


def _spread(values: list[float], digits: int) -> str:
    return f"{min(values):.{digits}f} – {max(values):.{digits}f}"

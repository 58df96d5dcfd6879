"""Table 1 of arXiv:1409.4842, row by row, and a built network beside it."""

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.topology.parts import Part

KILO, MEGA = 1024, 1_000_000  # in the table, K weights are 1,024 and M operations a million
FACTORED = "the table counts 7×1 and 1×7: 2·7·3·64 = 2,688 weights, at 112×112 places 34M"
WEIGHTS_ONLY = "the paper's multiply-adds match its filters, its weights do not"
NEITHER = "neither of the paper's numbers matches its filters, from which ours are computed"


@dataclass(frozen=True)
class PublishedRow:
    """A row of the published table.

    Attributes:
        part: the part of our network that it describes.
        output: (height, width, channels).
        kiloweights: the column "params", in K; None where it is empty.
        megaops: the column "ops", in M; None where it is empty.
        difference: why our figures differ; empty where they agree but for rounding.
    """

    part: str
    output: tuple[int, ...]
    kiloweights: float | None = None
    megaops: float | None = None
    difference: str = ""


PUBLISHED = (
    PublishedRow("convolution 1", (112, 112, 64), 2.7, 34, FACTORED),
    PublishedRow("max pool 1", (56, 56, 64)),
    PublishedRow("convolution 2", (56, 56, 192), 112, 360),
    PublishedRow("max pool 2", (28, 28, 192)),
    PublishedRow("inception 3a", (28, 28, 256), 159, 128),
    PublishedRow("inception 3b", (28, 28, 480), 380, 304),
    PublishedRow("max pool before 4a", (14, 14, 480)),
    PublishedRow("inception 4a", (14, 14, 512), 364, 73, WEIGHTS_ONLY),
    PublishedRow("inception 4b", (14, 14, 512), 437, 88),
    PublishedRow("inception 4c", (14, 14, 512), 463, 100, WEIGHTS_ONLY),
    PublishedRow("inception 4d", (14, 14, 528), 580, 119, WEIGHTS_ONLY),
    PublishedRow("inception 4e", (14, 14, 832), 840, 170, WEIGHTS_ONLY),
    PublishedRow("max pool before 5a", (7, 7, 832)),
    PublishedRow("inception 5a", (7, 7, 832), 1072, 54, NEITHER),
    PublishedRow("inception 5b", (7, 7, 1024), 1388, 71, WEIGHTS_ONLY),
    PublishedRow("average pool", (1, 1, 1024)),
    PublishedRow("classifier", (1000,), 1000, 1),
)


@dataclass(frozen=True)
class PaperComparison:
    """A published row and the same part of a built network: output shape, weights, multiply-adds of one image."""

    published: PublishedRow
    output: tuple[int, ...]
    weights: int
    multiply_adds: int

    @property
    def agrees(self) -> bool:
        """Whether both figures are the published ones, within one of their last digit (rounded up or down)."""
        row = self.published
        if row.kiloweights is None or row.megaops is None:
            return True
        near = abs(self.weights / KILO - row.kiloweights) <= 1
        return near and abs(self.multiply_adds / MEGA - row.megaops) < 1


def compare_with_paper(parts: Iterable[Part]) -> list[PaperComparison]:
    """Return each published row beside the same of `parts`, those of a network for 224×224×3 and 1,000 classes."""
    built = {part.name: part for part in parts}
    return [
        PaperComparison(row, built[row.part].output, built[row.part].cost.weights, built[row.part].cost.multiply_adds)
        for row in PUBLISHED
    ]

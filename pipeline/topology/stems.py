"""The one table of stems: what comes before the first inception block.

The network (`pipeline/model/stem_layers.py`), the planned cost, the settings' limits and the benchmarks derive from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.topology.blocks import HEAD_POOL, HEADS_AFTER, PAPER_FILTERS, POOLED_BEFORE


@dataclass(frozen=True)
class Convolution:
    """A square convolution with padding: its layer's name, kernel side, filters at width 1, stride."""

    name: str
    kernel: int
    filters: int
    stride: int = 1


@dataclass(frozen=True)
class MaxPool:
    """A 3×3 max pooling with padding and stride 2."""

    name: str
    stride: int = 2


@dataclass(frozen=True)
class ResponseNorm:
    """Local response normalization, where the network has it; it changes no shape."""

    stride: int = 1


StemLayer = Convolution | MaxPool | ResponseNorm


@dataclass(frozen=True)
class Stem:
    """The layers before the first inception block, in order.

    Attributes:
        meaning: for whom it is, in words.
        layers: in order.
        smallest: side of the smallest images, in pixels.
    """

    meaning: str
    layers: tuple[StemLayer, ...]
    smallest: int

    @property
    def stride(self) -> int:
        """How many times smaller its output is than the image, along each side."""
        stride = 1
        for layer in self.layers:
            stride *= layer.stride
        return stride

    @property
    def smallest_with_heads(self) -> int:
        """Side of the smallest images whose first auxiliary head can pool 5×5; padding rounds sides up."""
        blocks = list(PAPER_FILTERS)
        pools = sum(blocks.index(block) <= blocks.index(HEADS_AFTER[0]) for block in POOLED_BEFORE)
        return (HEAD_POOL - 1) * self.stride * int(2**pools) + 1


SECOND = (Convolution("conv2_3x3_reduce", 1, 64), Convolution("conv2_3x3", 3, 192), ResponseNorm())
STEMS: Mapping[str, Stem] = {
    "imagenet": Stem(
        "as published (Table 1 of arXiv:1409.4842), stride 8; images of 32 pixels or more",
        (Convolution("conv1_7x7", 7, 64, stride=2), MaxPool("pool1"), ResponseNorm(), *SECOND, MaxPool("pool2")),
        smallest=32,
    ),
    "small": Stem(
        "stride 2, for images of 16 to 96 pixels",
        (Convolution("conv1_3x3", 3, 64), *SECOND, MaxPool("pool2")),
        smallest=16,
    ),
    "tiny": Stem("stride 1, for images of 8 to 48 pixels", (Convolution("conv1_3x3", 3, 64), *SECOND), smallest=8),
}

"""What a network will cost, computed from its filters: a search rules out thousands without building one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.topology.blocks import POOLED_BEFORE, scale_width
from pipeline.topology.stems import STEMS, Convolution


@dataclass(frozen=True)
class Cost:
    """Cost of a layer, or of several together, for one image.

    Attributes:
        parameters: all numbers that are saved, biases and moving averages included.
        weights: of convolutions and dense layers, without biases, as the paper's Table 1 counts.
        multiply_adds: of convolutions and dense layers, forward, padding included.
        activations: numbers in the layers' outputs.
    """

    parameters: int = 0
    weights: int = 0
    multiply_adds: int = 0
    activations: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        """Return the cost of both."""
        return Cost(
            self.parameters + other.parameters,
            self.weights + other.weights,
            self.multiply_adds + other.multiply_adds,
            self.activations + other.activations,
        )


def planned_cost(
    shape: Sequence[int],
    classes: int,
    filters: Mapping[str, Sequence[int]],
    *,
    stem: str = "imagenet",
    normalization: str = "none",
    width: float = 1.0,
) -> Cost:
    """Return parameters, weights and multiply-adds of the network without auxiliary heads.

    They are those that `measured_cost` counts in the built network, one view of each image.

    Args:
        shape: (height, width, channels) of the images, in pixels.
        classes: number of classes.
        filters: six numbers for each inception block, in order.
        stem: a name of `STEMS`.
        normalization: `none`, `lrn` or `batch`.
        width: multiplies every number of filters.
    """
    plan = _Plan(shape, per_channel=4 if normalization == "batch" else 1)
    for layer in STEMS[stem].layers:
        plan.downsample(layer.stride)
        if isinstance(layer, Convolution):
            plan.channels = plan.convolve(plan.channels, scale_width(layer.filters, width), layer.kernel)
    for block, numbers in filters.items():
        if block in POOLED_BEFORE:
            plan.downsample(2)
        plan.inception([scale_width(number, width) for number in numbers])
    classifier = plan.channels * classes
    return Cost(
        parameters=plan.weights + plan.others + classifier + classes,
        weights=plan.weights + classifier,
        multiply_adds=plan.multiply_adds + classifier,
    )


class _Plan:
    """Sums over convolutions at the current size and number of channels.

    `per_channel` counts what a convolution has for each channel besides weights: a bias, or the four numbers of batch
    normalization.
    """

    def __init__(self, shape: Sequence[int], per_channel: int) -> None:
        self.height, self.width, self.channels = shape
        self.per_channel = per_channel
        self.weights = self.others = self.multiply_adds = 0

    def downsample(self, stride: int) -> None:
        self.height, self.width = -(-self.height // stride), -(-self.width // stride)

    def convolve(self, entering: int, leaving: int, kernel: int) -> int:
        weights = entering * leaving * kernel * kernel
        self.weights += weights
        self.others += self.per_channel * leaving
        self.multiply_adds += weights * self.height * self.width
        return leaving

    def inception(self, filters: Sequence[int]) -> None:
        one, reduce3, three, reduce5, five, projection = filters
        entering = self.channels
        self.channels = (
            self.convolve(entering, one, 1)
            + self.convolve(self.convolve(entering, reduce3, 1), three, 3)
            + self.convolve(self.convolve(entering, reduce5, 1), five, 5)
            + self.convolve(entering, projection, 1)
        )

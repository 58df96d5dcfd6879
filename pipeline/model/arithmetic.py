"""What a network will cost, from its filters alone: a search rules out thousands without building one."""

from collections.abc import Mapping, Sequence

from pipeline.model.cost import Cost
from pipeline.model.googlenet import POOLED_BEFORE, STEM, scaled


def planned_cost(
    shape: Sequence[int],
    classes: int,
    filters: Mapping[str, Sequence[int]],
    *,
    stem: str = "imagenet",
    normalization: str = "none",
    width: float = 1.0,
) -> Cost:
    """Return parameters, weights and multiply-adds of the network without auxiliary heads, as `cost_of` counts them.

    Args:
        shape: (height, width, channels) of the images.
        classes: how many.
        filters: six numbers for each inception block, in order.
        stem: `imagenet` or `small`.
        normalization: `none`, `lrn` or `batch`.
        width: multiplies every number of filters.
    """
    plan = _Plan(4 if normalization == "batch" else 1)
    first, reduce, second = (scaled(number, width) for number in STEM)
    places = _Places(*shape[:2])
    if stem == "imagenet":
        places = places.halved()
        plan.convolution(shape[2], first, 7, places)
        places = places.halved()
    else:
        plan.convolution(shape[2], first, 3, places)
    plan.convolution(first, reduce, 1, places)
    plan.convolution(reduce, second, 3, places)
    places, entering = places.halved(), second
    for block, numbers in filters.items():
        places = places.halved() if block in POOLED_BEFORE else places
        entering = plan.inception(entering, [scaled(number, width) for number in numbers], places)
    weights = plan.weights + entering * classes
    parameters = plan.weights + plan.others + (entering + 1) * classes
    return Cost(parameters, weights, plan.multiply_adds + entering * classes)


class _Places:
    """Height and width of what a layer puts out; padding keeps them, a stride of 2 halves them, rounded up."""

    def __init__(self, height: int, width: int) -> None:
        self.height, self.width = height, width

    def halved(self) -> "_Places":
        return _Places(-(-self.height // 2), -(-self.width // 2))


class _Plan:
    """Sums over convolutions; `per_channel` counts the biases of one channel, or its four numbers of normalisation."""

    def __init__(self, per_channel: int) -> None:
        self.per_channel = per_channel
        self.weights = self.others = self.multiply_adds = 0

    def convolution(self, entering: int, leaving: int, side: int, places: _Places) -> None:
        weights = entering * leaving * side * side
        self.weights += weights
        self.others += self.per_channel * leaving
        self.multiply_adds += weights * places.height * places.width

    def inception(self, entering: int, filters: Sequence[int], places: _Places) -> int:
        one, reduce3, three, reduce5, five, projection = filters
        for source, leaving, side in (
            (entering, one, 1), (entering, reduce3, 1), (reduce3, three, 3), (entering, reduce5, 1),
            (reduce5, five, 5), (entering, projection, 1),
        ):  # fmt: skip
            self.convolution(source, leaving, side, places)
        return one + three + five + projection

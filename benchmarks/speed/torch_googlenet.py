"""The pipeline's GoogLeNet with batch normalization, written in PyTorch."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn

from pipeline.topology.blocks import PAPER_FILTERS, POOLED_BEFORE
from pipeline.topology.stems import STEMS, Convolution, MaxPool

EPSILON = 1e-3  # Keras's default for batch normalization; PyTorch's is 1e-5
IMAGE_CHANNELS = 3


def torch_googlenet(
    classes: int, stem: str, dropout: float, filters: Mapping[str, Sequence[int]] = PAPER_FILTERS
) -> nn.Sequential:
    """Build the network at width 1, without preprocessing.

    Args:
        classes: units of the classifier.
        stem: a name of `pipeline.topology.stems.STEMS`.
        dropout: fraction dropped before the classifier.
        filters: six numbers for each inception block, by name, in order.

    Returns:
        A module from float images (batch, 3, height, width) to logits (batch, classes).
    """
    layers, channels = stem_layers(stem)
    for block, numbers in filters.items():
        if block in POOLED_BEFORE:
            layers.append(max_pool())
        module = Inception(channels, numbers)
        layers.append(module)
        channels = module.channels
    return nn.Sequential(
        *layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(dropout), nn.Linear(channels, classes)
    )


def stem_layers(stem: str) -> tuple[list[nn.Module], int]:
    """Return the layers before the first inception block, and the channels of their output.

    Local response normalization is left out: the pipeline leaves it out of networks with batch normalization.
    """
    layers: list[nn.Module] = []
    channels = IMAGE_CHANNELS
    for layer in STEMS[stem].layers:
        if isinstance(layer, Convolution):
            layers.append(convolution(channels, layer.filters, layer.kernel, layer.stride))
            channels = layer.filters
        elif isinstance(layer, MaxPool):
            layers.append(max_pool(layer.stride))
    return layers, channels


class Inception(nn.Module):
    """An inception module: four parallel branches, concatenated along the channels.

    Args:
        channels: of the input.
        filters: six numbers, as in the paper's Table 1.

    Attributes:
        channels: of the output.
    """

    def __init__(self, channels: int, filters: Sequence[int]) -> None:
        super().__init__()
        one, reduce3, three, reduce5, five, projection = filters
        self.channels = one + three + five + projection
        self.branches = nn.ModuleList([
            convolution(channels, one, 1),
            nn.Sequential(convolution(channels, reduce3, 1), convolution(reduce3, three, 3)),
            nn.Sequential(convolution(channels, reduce5, 1), convolution(reduce5, five, 5)),
            nn.Sequential(nn.MaxPool2d(3, 1, padding=1), convolution(channels, projection, 1)),
        ])  # fmt: skip

    def forward(self, x: Any) -> Any:
        """Return (batch, self.channels, height, width)."""
        return torch.cat([branch(x) for branch in self.branches], dim=1)


def convolution(channels: int, filters: int, kernel: int, stride: int = 1) -> nn.Sequential:
    """Return a convolution with padding, batch normalization and a ReLU.

    Args:
        channels: of the input.
        filters: channels of the output.
        kernel: side of the square kernel, in pixels; odd.
        stride: in both directions.
    """
    return nn.Sequential(
        nn.Conv2d(channels, filters, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(filters, EPSILON),
        nn.ReLU(inplace=True),
    )


def max_pool(stride: int = 2) -> nn.MaxPool2d:
    """Return a 3×3 max pooling; with stride 2 it halves an even side, as Keras's padding `same` does."""
    return nn.MaxPool2d(3, stride, ceil_mode=True)


def parameter_count(model: nn.Module) -> int:
    """Return how many numbers Keras would count: weights, and the moving statistics of batch normalization."""
    moving = (buffer.numel() for name, buffer in model.named_buffers() if not name.endswith("num_batches_tracked"))
    return int(sum(weight.numel() for weight in model.parameters()) + sum(moving))

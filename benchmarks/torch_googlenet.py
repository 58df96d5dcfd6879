"""The pipeline's GoogLeNet with batch normalisation, written in PyTorch."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn

from pipeline.model.googlenet import PAPER_FILTERS, POOLED_BEFORE, STEM

EPSILON = 1e-3  # Keras's default for batch normalisation; PyTorch's is 1e-5


def torch_googlenet(
    classes: int, stem: str, dropout: float, filters: Mapping[str, Sequence[int]] = PAPER_FILTERS
) -> nn.Sequential:
    """Build the network for float images (batch, 3, height, width); it returns logits (batch, classes).

    Args:
        classes: units of the classifier.
        stem: `imagenet` or `small`, as in `pipeline.model.googlenet`.
        dropout: fraction dropped before the classifier.
        filters: six numbers for each inception block, by name, in order.
    """
    first, reduce, second = STEM
    layers: list[nn.Module] = [conv(3, first, 7, 2), pool()] if stem == "imagenet" else [conv(3, first, 3)]
    layers += [conv(first, reduce, 1), conv(reduce, second, 3), pool()]
    channels = second
    for name, numbers in filters.items():
        if name in POOLED_BEFORE:
            layers.append(pool())
        block = Inception(channels, numbers)
        layers.append(block)
        channels = block.channels
    return nn.Sequential(
        *layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(dropout), nn.Linear(channels, classes)
    )


class Inception(nn.Module):
    """Four branches side by side, concatenated along the channels.

    Attributes:
        channels: of the output.
    """

    def __init__(self, channels: int, filters: Sequence[int]) -> None:
        super().__init__()
        one, reduce3, three, reduce5, five, projection = filters
        self.channels = one + three + five + projection
        self.branches = nn.ModuleList([
            conv(channels, one, 1),
            nn.Sequential(conv(channels, reduce3, 1), conv(reduce3, three, 3)),
            nn.Sequential(conv(channels, reduce5, 1), conv(reduce5, five, 5)),
            nn.Sequential(nn.MaxPool2d(3, 1, padding=1), conv(channels, projection, 1)),
        ])  # fmt: skip

    def forward(self, x: Any) -> Any:
        """Return (batch, self.channels, height, width)."""
        return torch.cat([branch(x) for branch in self.branches], dim=1)


def conv(channels: int, filters: int, kernel: int, stride: int = 1) -> nn.Sequential:
    """Return a convolution with padding, batch normalisation and a rectifier."""
    return nn.Sequential(
        nn.Conv2d(channels, filters, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(filters, EPSILON),
        nn.ReLU(inplace=True),
    )


def pool() -> nn.MaxPool2d:
    """Return a 3×3 max pooling with stride 2 that halves an even side, as Keras's padding `same` does."""
    return nn.MaxPool2d(3, 2, ceil_mode=True)


def parameters(model: nn.Module) -> int:
    """Return how many numbers Keras counts: weights, and the moving statistics of batch normalisation."""
    moving = (buffer.numel() for name, buffer in model.named_buffers() if not name.endswith("num_batches_tracked"))
    return int(sum(weight.numel() for weight in model.parameters()) + sum(moving))

"""The inception module with dimension reductions: figure 2(b) of arXiv:1409.4842."""

from collections.abc import Sequence
from typing import Any

from keras import layers

from pipeline.model.layers import ConvStyle, conv


def inception_module(x: Any, filters: Sequence[int], name: str = "inception", style: ConvStyle | None = None) -> Any:
    """Apply four parallel branches to `x` and concatenate their outputs along the channels.

    Example:
        >>> import keras
        >>> images = keras.Input((28, 28, 192))
        >>> inception_module(images, [64, 96, 128, 16, 32, 32], "inception_3a").shape
        (None, 28, 28, 256)

    Args:
        x: (batch, height, width, channels).
        filters: [1×1, 3×3 reduce, 3×3, 5×5 reduce, 5×5, pool projection], as in the paper's Table 1.
        name: what the names of its layers begin with.
        style: what follows each convolution; None for the paper's ReLU alone.

    Returns:
        (batch, height, width, 1×1 + 3×3 + 5×5 + pool projection filters).

    Raises:
        ValueError: `filters` is not six positive numbers.
    """
    if len(filters) != 6 or min(filters) < 1:
        raise ValueError(f"{name}: filters must be six positive numbers, got {list(filters)}")
    one, reduce3, three, reduce5, five, projection = filters
    style = style or ConvStyle()
    a = conv(x, one, 1, f"{name}_1x1", style)
    b = conv(x, reduce3, 1, f"{name}_3x3_reduce", style)
    b = conv(b, three, 3, f"{name}_3x3", style)
    c = conv(x, reduce5, 1, f"{name}_5x5_reduce", style)
    c = conv(c, five, 5, f"{name}_5x5", style)
    d = layers.MaxPooling2D(3, 1, padding="same", name=f"{name}_pool")(x)
    d = conv(d, projection, 1, f"{name}_pool_proj", style)
    return layers.Concatenate(name=f"{name}_output")([a, b, c, d])

"""GoogLeNet (Inception v1): Szegedy et al., "Going deeper with convolutions", 2014, arXiv:1409.4842."""

from collections.abc import Iterable, Mapping, Sequence

import keras
from keras import layers

from pipeline.model.heads import HEADS_AFTER, auxiliary_classifier, classifier
from pipeline.model.inception import inception_module
from pipeline.model.layers import ConvStyle
from pipeline.model.stems import STEMS

# Table 1: [1×1, 3×3 reduce, 3×3, 5×5 reduce, 5×5, pool projection] of each inception block.
PAPER_FILTERS: Mapping[str, Sequence[int]] = {
    "inception_3a": (64, 96, 128, 16, 32, 32),
    "inception_3b": (128, 128, 192, 32, 96, 64),
    "inception_4a": (192, 96, 208, 16, 48, 64),
    "inception_4b": (160, 112, 224, 24, 64, 64),
    "inception_4c": (128, 128, 256, 24, 64, 64),
    "inception_4d": (112, 144, 288, 32, 64, 64),
    "inception_4e": (256, 160, 320, 32, 128, 128),
    "inception_5a": (256, 160, 320, 32, 128, 128),
    "inception_5b": (384, 192, 384, 48, 128, 128),
}
STEM = (64, 64, 192)  # Table 1: the 7×7 convolution, the 3×3 reduce, the 3×3 convolution
POOLED_BEFORE = ("inception_4a", "inception_5a")  # Table 1: 3×3 max pooling with stride 2 stands before these
MULTIPLE = 8  # channels are rounded to it when a width other than 1 is asked for
NORMALIZATIONS = ("none", "lrn", "batch")
HEADS = ("none", "paper")


def googlenet(
    input_shape: Sequence[int] = (224, 224, 3),
    num_classes: int = 1000,
    *,
    stem: str = "imagenet",
    normalization: str = "none",
    normalization_momentum: float = 0.9,
    normalization_layer: type[layers.BatchNormalization] = layers.BatchNormalization,
    convolution_layer: type[layers.Conv2D] = layers.Conv2D,
    auxiliary_heads: str = "none",
    activation: str = "relu",
    width: float = 1.0,
    dropout: float = 0.4,
    filters: Mapping[str, Sequence[int]] = PAPER_FILTERS,
    classifier_activation: str | None = "softmax",
    name: str = "googlenet",
) -> keras.Model:
    """Build the network, its preprocessing inside: it takes raw pixels, uint8 or float, from 0 to 255.

    With the defaults it is the paper's as it is used, without auxiliary classifiers: 6,998,552 parameters. With
    `normalization="lrn"` and `auxiliary_heads="paper"` it is the paper's as it was trained.

    Args:
        input_shape: (height, width, channels) of the images.
        num_classes: units of the classifier.
        stem: `imagenet`, as published (stride 8 before 3a); `small` for images of 16 to 96 pixels (stride 2); or
            `tiny` for images of 8 to 48 pixels (no stride).
        normalization: `none`; `lrn`, local response normalisation in the stem; or `batch`, after each convolution.
        normalization_momentum: of batch normalisation's moving averages.
        normalization_layer: Keras's batch normalisation, or one of its kind.
        convolution_layer: Keras's convolution, or one of its kind.
        auxiliary_heads: `none`, or `paper`: a classifier more at 4a and at 4d.
        activation: Keras's name of what follows each convolution.
        width: multiplies every number of filters (rounded to multiples of 8, at least 8); 1 leaves them alone.
        dropout: fraction dropped before the classifier (the paper: 0.4).
        filters: six numbers for each inception block, by name, in order.
        classifier_activation: `softmax`, or None for logits; either is computed in float32 under any precision policy.
        name: the model's.

    Returns:
        A functional model from (batch, height, width, channels) to (batch, num_classes); with auxiliary heads to a
        list of three of them, the network's own first.

    Raises:
        ValueError: an unknown stem, normalisation or kind of heads, or a block whose filters are not six positive
            numbers.
    """
    _must_be("stem", stem, STEMS)
    _must_be("normalization", normalization, NORMALIZATIONS)
    _must_be("auxiliary_heads", auxiliary_heads, HEADS)
    style = ConvStyle(normalization, normalization_momentum, activation, normalization_layer, convolution_layer)
    images = layers.Input(tuple(input_shape), dtype="uint8", name="images")
    x = layers.Rescaling(1 / 127.5, offset=-1.0, name="preprocessing")(images)
    x = STEMS[stem](x, [scaled(number, width) for number in STEM], style)
    heads = []
    for block, numbers in filters.items():
        if block in POOLED_BEFORE:
            x = layers.MaxPooling2D(3, 2, padding="same", name=f"pool_before_{block[-2:]}")(x)
        x = inception_module(x, [scaled(number, width) for number in numbers], block, style)
        if auxiliary_heads == "paper" and block in HEADS_AFTER:
            heads.append(
                auxiliary_classifier(x, block, num_classes, style, lambda n: scaled(n, width), classifier_activation)
            )
    probabilities = classifier(x, num_classes, dropout, classifier_activation)
    return keras.Model(images, [probabilities, *heads] if heads else probabilities, name=name)


def scaled(filters: int, width: float) -> int:
    """Return `filters` times `width`, rounded to a multiple of 8 and at least 8; as they are where `width` is 1.

    Numbers that are not positive stay, to be refused.
    """
    return filters if width == 1.0 or filters < 1 else max(MULTIPLE, round(filters * width / MULTIPLE) * MULTIPLE)


def _must_be(name: str, given: str, known: Iterable[str]) -> None:
    if given not in known:
        raise ValueError(f"{name} must be one of {', '.join(known)}, got {given!r}")

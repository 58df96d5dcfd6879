"""GoogLeNet (Inception v1): Szegedy et al. 2014, "Going deeper with convolutions", arXiv:1409.4842."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

import keras
from keras import layers

from pipeline.model.classifiers import auxiliary_classifier, classifier
from pipeline.model.inception import inception_module
from pipeline.model.layers import ConvStyle
from pipeline.model.stem_layers import apply_stem
from pipeline.topology.blocks import HEADS_AFTER, PAPER_FILTERS, POOLED_BEFORE, scale_width
from pipeline.topology.stems import STEMS

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
    """Build the network. Preprocessing is part of it: it takes raw pixels, uint8 or float, from 0 to 255.

    With the defaults it is the paper's network as used after training, without auxiliary classifiers: 6,998,552
    parameters. With `normalization="lrn"` and `auxiliary_heads="paper"` it is the network as trained in 2014.

    Example:
        >>> network = googlenet((32, 32, 3), num_classes=10, stem="small", normalization="batch", width=0.5)
        >>> network.output_shape
        (None, 10)

    Args:
        input_shape: (height, width, channels) of the images, in pixels.
        num_classes: units of the classifier.
        stem: `imagenet`, as published (stride 8 before 3a); `small`, for images of 16 to 96 pixels (stride 2); or
            `tiny`, for images of 8 to 48 pixels (stride 1).
        normalization: `none`; `lrn`, local response normalization in the stem; or `batch`, after each convolution.
        normalization_momentum: momentum of batch normalization's moving averages.
        normalization_layer: Keras's batch normalization or a subclass.
        convolution_layer: Keras's convolution or a subclass.
        auxiliary_heads: `none`, or `paper`: one more classifier behind 4a and behind 4d.
        activation: Keras's name of the activation after each convolution.
        width: multiplies every number of filters (rounded to multiples of 8, at least 8); 1 leaves them as they are.
        dropout: fraction dropped before the classifier (the paper: 0.4).
        filters: six numbers for each inception block, by name, in order.
        classifier_activation: `softmax`, or None for logits; computed in float32 under any dtype policy.
        name: name of the model.

    Returns:
        A functional model from (batch, height, width, channels) to (batch, num_classes), float32; with auxiliary heads
        to a list of three such outputs, the main classifier's first.

    Raises:
        ValueError: an unknown stem, normalization or kind of heads, or a block whose filters are not six positive
            numbers.
    """
    _check_choice("stem", stem, STEMS)
    _check_choice("normalization", normalization, NORMALIZATIONS)
    _check_choice("auxiliary_heads", auxiliary_heads, HEADS)
    style = ConvStyle(normalization, normalization_momentum, activation, normalization_layer, convolution_layer)
    images = layers.Input(tuple(input_shape), dtype="uint8", name="images")
    x = layers.Rescaling(1 / 127.5, offset=-1.0, name="preprocessing")(images)
    x = apply_stem(x, STEMS[stem], width, style)
    heads = []
    for block, numbers in filters.items():
        if block in POOLED_BEFORE:
            x = layers.MaxPooling2D(3, 2, padding="same", name=f"pool_before_{block[-2:]}")(x)
        x = inception_module(x, [scale_width(number, width) for number in numbers], block, style)
        if auxiliary_heads == "paper" and block in HEADS_AFTER:
            scaled = partial(scale_width, width=width)
            heads.append(auxiliary_classifier(x, block, num_classes, style, scaled, classifier_activation))
    probabilities = classifier(x, num_classes, dropout, classifier_activation)
    return keras.Model(images, [probabilities, *heads] if heads else probabilities, name=name)


def _check_choice(name: str, value: str, choices: Iterable[str]) -> None:
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, got {value!r}")

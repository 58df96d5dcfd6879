"""Random changes to training images, each batch's from its own draws."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from pipeline.config.schema import AugmentConfig

Images = NDArray[np.uint8]
Targets = NDArray[np.float32]
Augment = Callable[[Images, Targets, np.random.Generator], tuple[Images, Targets]]
ERASED = (0.02, 0.25)  # of an image's area: least and most
GREY = 128.0


def augmentation(config: AugmentConfig, channels: int) -> Augment | None:
    """Return the function that applies `config` to a batch, or None where it changes nothing.

    Shifts and flips are numpy's: they touch every image of every recipe, and Keras's layers for them cost twice
    the time or more. The rest are Keras's own layers, each given a new seed from the batch's draws.

    Args:
        config: which changes.
        channels: of the images; grey ones have no saturation to change.
    """
    pixels, mixes = pixel_layers(config, channels), mixing_layers(config)
    if not (config.shift or config.flip or pixels or mixes):
        return None
    one_at_a_time = threading.Lock()  # the layers' seeds are shared by the threads that make batches

    def augment(images: Images, targets: Targets, draws: np.random.Generator) -> tuple[Images, Targets]:
        if config.flip:
            mirrored = draws.random(len(images)) < 0.5
            images = np.where(mirrored[:, None, None, None], images[:, :, ::-1], images)
        if config.shift:
            images = shifted(images, config.shift, draws)
        chosen = pixels + ([mixes[int(draws.integers(len(mixes)))]] if mixes else [])
        if not chosen:
            return images, targets
        with one_at_a_time:
            return _through(chosen, images, targets, draws)

    return augment


def shifted(images: Images, shift: float, draws: np.random.Generator) -> Images:
    """Move each image by up to `shift` of its sides, the border repeated outwards.

    Cropping at random from a padded image: He et al. 2015, arXiv:1512.03385, section 4.2 (there with 4 of 32 pixels).

    Args:
        images: (n, height, width, channels).
        shift: fraction of height and of width.
        draws: where the two numbers per image come from.
    """
    count, height, width, _ = images.shape
    down, right = round(height * shift), round(width * shift)
    padded = np.pad(images, ((0, 0), (down, down), (right, right), (0, 0)), mode="edge")
    rows = draws.integers(0, 2 * down + 1, count)
    columns = draws.integers(0, 2 * right + 1, count)
    moved = np.empty_like(images)
    for index, (row, column) in enumerate(zip(rows, columns, strict=True)):
        moved[index] = padded[index, row : row + height, column : column + width]
    return moved


def pixel_layers(config: AugmentConfig, channels: int) -> list[keras.layers.Layer]:
    """Return the layers that change images and leave targets alone, in their order."""
    layers, strength = keras.layers, config.color
    built = []
    if strength:
        saturation = (0.5 - strength / 2, 0.5 + strength / 2) if channels == 3 else None  # 0.5 changes nothing
        built.append(layers.RandomColorJitter((0, 255), strength, strength, saturation, dtype="float32"))
    if config.rand_augment:
        built.append(layers.RandAugment((0, 255), factor=config.rand_augment, dtype="float32"))
    if config.erase:
        share = (config.erase, config.erase)
        built.append(layers.RandomErasing(share, scale=ERASED, fill_value=GREY, dtype="float32"))
    return built


def mixing_layers(config: AugmentConfig) -> list[keras.layers.Layer]:
    """Return the layers that mix images and targets, of which each batch gets one."""
    built = [keras.layers.MixUp(config.mixup, dtype="float32")] if config.mixup else []
    if config.cutmix:
        built.append(keras.layers.CutMix((config.cutmix, config.cutmix), dtype="float32"))
    return built


def _through(
    layers: list[keras.layers.Layer], images: Images, targets: Targets, draws: np.random.Generator
) -> tuple[Images, Targets]:
    batch: dict[str, Any] = {"images": images.astype(np.float32), "labels": targets}
    for layer in layers:
        for generator in generators(layer):
            generator.state.assign([int(draws.integers(2**31)), 0])
        batch = layer(batch, training=True)
    pixels = np.clip(np.rint(np.asarray(batch["images"])), 0, 255).astype(np.uint8)
    return pixels, np.asarray(batch["labels"], np.float32)


def generators(layer: keras.layers.Layer) -> Iterator[keras.random.SeedGenerator]:
    """Yield the seed generators of `layer` and of the layers in it."""
    for part in layer._flatten_layers():
        if isinstance(getattr(part, "generator", None), keras.random.SeedGenerator):
            yield part.generator

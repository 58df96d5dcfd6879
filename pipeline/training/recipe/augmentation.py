"""Random changes to training images, drawn anew for each batch."""

import threading
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from pipeline.config.schema.recipe_schema import AugmentConfig
from pipeline.training.engine.keras_internals import seed_generators

Images = NDArray[np.uint8]
Targets = NDArray[np.float32]
Augment = Callable[[Images, Targets, np.random.Generator], tuple[Images, Targets]]
ERASED = (0.02, 0.25)  # of an image's area: least and most
GRAY = 128.0


def build_augmentation(config: AugmentConfig, channels: int) -> Augment | None:
    """Return the function that applies `config` to a batch, or None where it changes nothing.

    Shifts and flips are NumPy's: every recipe has them, and Keras's layers for them take at least twice the time. The
    rest are Keras's layers, each given a new seed from the batch's random generator.

    Args:
        config: which changes.
        channels: of the images; gray ones have no saturation to change.

    Returns:
        A function of images, uint8 (n, height, width, channels), targets, float32 (n, classes), and a random generator
        that returns the changed images and targets; or None.
    """
    pixels, mixes = pixel_layers(config, channels), mixing_layers(config)
    if not (config.shift or config.flip or pixels or mixes):
        return None
    lock = threading.Lock()  # the threads that make batches share the layers' seeds

    def augment(images: Images, targets: Targets, generator: np.random.Generator) -> tuple[Images, Targets]:
        if config.flip:
            mirrored = generator.random(len(images)) < 0.5
            images = np.where(mirrored[:, None, None, None], images[:, :, ::-1], images)
        if config.shift:
            images = random_shift(images, config.shift, generator)
        chosen = pixels + ([mixes[int(generator.integers(len(mixes)))]] if mixes else [])
        if not chosen:
            return images, targets
        with lock:
            return _apply_layers(chosen, images, targets, generator)

    return augment


def random_shift(images: Images, shift: float, generator: np.random.Generator) -> Images:
    """Move each image by up to `shift` of its sides, the border repeated outwards.

    Cropping at random from a padded image: He et al. 2015, arXiv:1512.03385, section 4.2 (there with 4 of 32 pixels).

    Args:
        images: (n, height, width, channels).
        shift: fraction of height and of width.
        generator: draws two numbers per image.
    """
    count, height, width, _ = images.shape
    down, right = round(height * shift), round(width * shift)
    padded = np.pad(images, ((0, 0), (down, down), (right, right), (0, 0)), mode="edge")
    rows = generator.integers(0, 2 * down + 1, count)
    columns = generator.integers(0, 2 * right + 1, count)
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
        built.append(layers.RandomErasing(share, scale=ERASED, fill_value=GRAY, dtype="float32"))
    return built


def mixing_layers(config: AugmentConfig) -> list[keras.layers.Layer]:
    """Return the layers that mix images and targets; each batch gets one of them."""
    built = [keras.layers.MixUp(config.mixup, dtype="float32")] if config.mixup else []
    if config.cutmix:
        built.append(keras.layers.CutMix((config.cutmix, config.cutmix), dtype="float32"))
    return built


def _apply_layers(
    layers: list[keras.layers.Layer], images: Images, targets: Targets, generator: np.random.Generator
) -> tuple[Images, Targets]:
    batch: dict[str, Any] = {"images": images.astype(np.float32), "labels": targets}
    for layer in layers:
        for seeds in seed_generators(layer):
            seeds.state.assign([int(generator.integers(2**31)), 0])
        batch = layer(batch, training=True)
    pixels = np.clip(np.rint(np.asarray(batch["images"])), 0, 255).astype(np.uint8)
    return pixels, np.asarray(batch["labels"], np.float32)

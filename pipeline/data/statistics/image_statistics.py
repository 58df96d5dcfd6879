"""Statistics of the training images, kept with the prepared data."""

import math
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.base.files import write_json
from pipeline.base.stage_files.stage_output import read_stage_output
from pipeline.data.shards import Shards
from pipeline.data.statistics.reference_histogram import DIGITS, ReferenceHistogram
from pipeline.runtime.images.image_inputs import array_image

STATISTICS = "statistics.json"
MOST_IMAGES = 10_000  # that are looked at
BIN = 8  # pixel values in each bin of a channel's histogram
READ_AT_ONCE = 64
LEVELS = np.arange(256)


@dataclass(frozen=True)
class ChannelStatistics:
    """The pixels of one channel, over all images.

    Attributes:
        mean: 0 to 255.
        standard_deviation: 0 to 127.5.
        histogram: pixels with the values 0–7, 8–15, … 248–255, (32,).
    """

    mean: float
    standard_deviation: float
    histogram: tuple[int, ...]


@dataclass(frozen=True)
class ImageStatistics:
    """What the training images look like.

    Attributes:
        images: how many were looked at.
        training_images: how many there are; the digests of their contents decide which ones are looked at.
        channels: of the prepared pixels: red, green, blue, or gray.
        measures: the distributions of the images' brightness, contrast, sharpness, width and height; EDGES has the
            meaning and the unit of each.
    """

    images: int
    training_images: int
    channels: tuple[ChannelStatistics, ...]
    measures: dict[str, ReferenceHistogram]


def write_statistics(folder: Path, manifest: pd.DataFrame) -> ImageStatistics:
    """Write the statistics of the training images in `folder`/statistics.json, and return them.

    The file is the same on any machine and in whatever order the images come.

    Args:
        folder: that holds the images' shards.
        manifest: with the columns split, position, digest, width, height, sharpness.
    """
    rows = manifest[(manifest["split"] == "train") & (manifest["position"] >= 0)]
    chosen = rows.sort_values("digest", kind="stable").iloc[:MOST_IMAGES]
    counts, brightness, contrast = _pixel_counts(Shards(folder), chosen["position"].to_numpy(np.int64))
    values = {
        "brightness": brightness,
        "contrast": contrast,
        **{name: chosen[name].to_numpy(np.float64) for name in ("sharpness", "width", "height")},
    }
    statistics = ImageStatistics(
        len(chosen),
        len(rows),
        tuple(_channel(channel) for channel in counts),
        {name: ReferenceHistogram.of(name, measured) for name, measured in values.items()},
    )
    write_json(folder / STATISTICS, asdict(statistics))
    return statistics


def read_statistics(folder: Path) -> ImageStatistics:
    """Return the statistics that are kept with the prepared data in a folder.

    Raises:
        PipelineError: there are none.
    """
    found = read_stage_output(folder / STATISTICS, "prepare")
    channels = tuple(ChannelStatistics(**each | {"histogram": tuple(each["histogram"])}) for each in found["channels"])
    measures = {name: ReferenceHistogram.from_json(values) for name, values in found["measures"].items()}
    return ImageStatistics(found["images"], found["training_images"], channels, measures)


def mean_and_deviation(counts: NDArray[np.int64]) -> tuple[float, float]:
    """Return the mean and the standard deviation of values 0 to 255, of which `counts`, (256,), has the numbers.

    All sums are whole numbers, so that the result does not depend on their order.
    """
    number, total, squares = (int(counts @ LEVELS**power) for power in range(3))
    return total / number, math.sqrt(number * squares - total**2) / number


def _pixel_counts(
    shards: Shards, positions: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the numbers of pixels by channel and value, (channels, 256), and each image's brightness and contrast."""
    counts = np.zeros((shards.shape[-1], 256), np.int64)
    luminance = []
    for start in range(0, len(positions), READ_AT_ONCE):
        for pixels in shards.take(positions[start : start + READ_AT_ONCE]):
            image = array_image(pixels)
            counts += np.reshape(image.histogram(), counts.shape)
            luminance.append(mean_and_deviation(np.array(image.convert("L").histogram())))
    brightness, contrast = np.array(luminance).T
    return counts, brightness, contrast


def _channel(counts: NDArray[np.int64]) -> ChannelStatistics:
    mean, deviation = mean_and_deviation(counts)
    histogram = counts.reshape(-1, BIN).sum(axis=1)
    return ChannelStatistics(round(mean, DIGITS), round(deviation, DIGITS), tuple(histogram.tolist()))

"""A few images with their class probabilities: whatever runs the network must compute them again."""

import base64
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from pipeline.base.errors import PipelineError
from pipeline.base.stage_files.stage_output import read_stage_text
from pipeline.data.dataset import Dataset
from pipeline.runtime.images.decode import decode_pixels
from pipeline.runtime.images.image_format import open_image
from pipeline.runtime.images.image_inputs import array_image
from pipeline.runtime.images.preprocessing import Preprocessing

IMAGES = 8
PHOTOS = 2  # of them JPEG files, turned and twice the size, so that decoding is checked too
# Largest difference of a probability, by the type of computing: the first that an engine's name contains.
TOLERANCES = {"bfloat16": 0.05, "float16": 0.01, "float32": 0.001}


@dataclass(frozen=True)
class GoldenBatch:
    """Images and their probabilities.

    Attributes:
        images: contents of image files.
        probabilities: of the classes, (images, classes), as the trained network computed them in Keras in float32.
    """

    images: tuple[bytes, ...]
    probabilities: NDArray[np.float32]

    def pixels(self, preprocessing: Preprocessing) -> NDArray[np.uint8]:
        """Return the images as the network takes them, (images, height, width, channels)."""
        return decoded(self.images, preprocessing)

    @property
    def texts(self) -> list[str]:
        """The images in base64, as a request holds them."""
        return [base64.b64encode(image).decode() for image in self.images]

    def difference(self, probabilities: NDArray[np.floating]) -> float:
        """Return the largest difference from `probabilities`, (images, classes); NaN if there is one among them."""
        return float(np.abs(np.asarray(probabilities, np.float64) - self.probabilities).max())

    def to_json(self) -> str:
        """Return the batch as a JSON document."""
        return json.dumps({"images": self.texts, "probabilities": self.probabilities.tolist()}) + "\n"

    @classmethod
    def from_json(cls, text: str, place: str) -> "GoldenBatch":
        """Return the batch that `to_json` wrote.

        Args:
            text: JSON.
            place: where it was found, for the error.

        Raises:
            PipelineError: `text` is not a golden batch.
        """
        try:
            values = json.loads(text)
            images = tuple(base64.b64decode(image) for image in values["images"])
            return cls(images, np.array(values["probabilities"], np.float32))
        except (ValueError, TypeError, KeyError):
            raise PipelineError(f"{place} is not a golden batch; make it again with: dvc repro --force train") from None


def golden_images(dataset: Dataset) -> tuple[bytes, ...]:
    """Return validation images as files, evenly from the split."""
    positions, _ = dataset.indices("validation")
    chosen = np.unique(np.linspace(0, len(positions) - 1, IMAGES).round().astype(int))
    return encoded(dataset.shards.take(np.sort(positions[chosen])))


def encoded(pixels: NDArray[np.uint8]) -> tuple[bytes, ...]:
    """Return images, (images, height, width, channels), as files: PNG, and the last two JPEG that must be turned."""
    return tuple(_photo(one) if number >= len(pixels) - PHOTOS else _png(one) for number, one in enumerate(pixels))


def read_golden(file: Path) -> GoldenBatch:
    """Return the batch that training has written.

    Raises:
        PipelineError: the file is missing, or no golden batch.
    """
    return GoldenBatch.from_json(read_stage_text(file, "train"), str(file))


def decoded(images: Sequence[bytes], preprocessing: Preprocessing) -> NDArray[np.uint8]:
    """Return the pixels of image files, (images, height, width, channels)."""
    return np.stack([decode_pixels(lambda one=one: open_image(io.BytesIO(one)), preprocessing) for one in images])  # type: ignore[misc]


def tolerance(engine: str) -> float:
    """Return the largest difference that an engine may have.

    Args:
        engine: its name, in which its type of computing stands.
    """
    return next((value for name, value in TOLERANCES.items() if name in engine), TOLERANCES["float32"])


def _png(pixels: NDArray[np.uint8]) -> bytes:
    return _saved(array_image(pixels), format="PNG")


def _photo(pixels: NDArray[np.uint8]) -> bytes:
    picture = array_image(pixels)
    picture = picture.resize((2 * picture.width, 2 * picture.height), Image.Resampling.BICUBIC)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # to be shown turned by 90° clockwise
    return _saved(picture.transpose(Image.Transpose.ROTATE_90), format="JPEG", quality=95, exif=exif)


def _saved(image: Image.Image, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, **options)  # type: ignore[arg-type]
    return buffer.getvalue()

"""The reference of a model: measures of held-out and of training images, in one small file beside it."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from pipeline.base.errors import PipelineError
from pipeline.base.files import atomic_file
from pipeline.monitoring.reference.embedding_space import EmbeddingSpace
from pipeline.monitoring.reference.image_table import ImageTable

REFERENCE_NAME = "reference.npz"  # beside a trained or registered `.keras` file
FORMAT = 1


@dataclass(frozen=True)
class ImageReference:
    """What new images are compared with.

    Attributes:
        model_digest: SHA-256 of the model's `.keras` file, in hex.
        classes: class names in index order.
        held_out: measures of validation images, which the network was not trained on.
        training: measures of training images.
        sharpness: numbers of training images in the bins of EDGES["sharpness"], int64 (bins,); all 0 if the images are
            too small to have a sharpness.
        space: of the embeddings; None where the network has no pooled features.
    """

    model_digest: str
    classes: tuple[str, ...]
    held_out: ImageTable
    training: ImageTable
    sharpness: NDArray[np.int64]
    space: EmbeddingSpace | None

    def write(self, file: Path) -> None:
        """Write the file; equal references give equal bytes."""
        space = {"mean": self.space.mean, "components": self.space.components} if self.space else {}
        arrays: dict[str, Any] = {
            "format": np.array(FORMAT),
            "model_digest": np.array(self.model_digest),
            "classes": np.array(self.classes),
            "sharpness": self.sharpness,
            **space,
            **_columns("held_out", self.held_out),
            **_columns("training", self.training),
        }
        with atomic_file(file) as partial, partial.open("wb") as stream:
            np.savez(stream, **arrays)


def read_reference(file: Path, model_digest: str) -> ImageReference:
    """Return the reference in a file.

    Args:
        file: that training has written.
        model_digest: SHA-256 of the model's `.keras` file, in hex.

    Raises:
        PipelineError: there is none, it is damaged, of another version, or of another model.
    """
    if not file.is_file():
        raise PipelineError(
            f"the model has no reference to compare with ({REFERENCE_NAME} beside {file.parent.name}/model.keras): it "
            "was trained by an older version; train it again with: dvc repro --force train"
        )
    try:
        with np.load(file) as found:
            arrays = dict(found)
        reference = _reference(arrays)
    except (ValueError, KeyError, OSError, EOFError, BadZipFile):
        raise PipelineError(f"{file} is damaged, or of another version; make it again with: dvc repro train") from None
    if reference.model_digest != model_digest:
        raise PipelineError(f"{file} is the reference of another model than the one beside it")
    return reference


def _reference(arrays: dict[str, NDArray[Any]]) -> ImageReference:
    if int(arrays["format"]) != FORMAT:
        raise ValueError("another version")
    space = EmbeddingSpace(arrays["mean"], arrays["components"]) if "mean" in arrays else None
    held_out, training = (
        ImageTable(**{one.name: arrays[f"{name}_{one.name}"] for one in fields(ImageTable)})
        for name in ("held_out", "training")
    )
    classes = tuple(str(name) for name in arrays["classes"])
    return ImageReference(str(arrays["model_digest"]), classes, held_out, training, arrays["sharpness"], space)


def _columns(name: str, table: ImageTable) -> dict[str, NDArray[Any]]:
    return {f"{name}_{one.name}": getattr(table, one.name) for one in fields(table)}

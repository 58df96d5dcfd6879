"""A few of the project's test images, to try a model on."""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.base.errors import PipelineError
from pipeline.base.paths import PREPARED, project_root
from pipeline.runtime.images.image_inputs import array_image
from pipeline.runtime.model_spec import ModelSpec

MOST_EXAMPLES = 10


@dataclass(frozen=True)
class Example:
    """An example image.

    Attributes:
        label: its true class.
        png: bytes of its file.
    """

    label: str
    png: bytes


def project_examples(spec: ModelSpec) -> list[Example]:
    """Return test images that the project has prepared for a model, of different classes; none if it has not.

    Args:
        spec: of the model. Images of another data set, or prepared in another way, are no examples for it.
    """
    try:
        return prepared_examples(project_root() / PREPARED, spec)
    except PipelineError:  # no project here, or nothing prepared
        return []


def prepared_examples(folder: Path, spec: ModelSpec) -> list[Example]:
    """Return test images in a folder of prepared data.

    Args:
        folder: that `prepare` wrote.
        spec: of the model.

    Raises:
        PipelineError: there are no prepared data.
    """
    from pipeline.data.dataset import Dataset

    dataset = Dataset(folder)
    if dataset.info.model_spec != spec:
        return []
    rows = dataset.rows("test")
    rows = rows.assign(turn=rows.groupby("class_index").cumcount()).sort_values(["turn", "class_index"])
    available = min(len(rows), max(MOST_EXAMPLES, rows["class_index"].nunique()))  # one of each class comes first
    places = np.linspace(0, available - 1, min(MOST_EXAMPLES, available)).round().astype(int)
    chosen = rows.iloc[places]
    images = dataset.shards.take(chosen["position"].to_numpy(np.int64))
    return [Example(label, _png(image)) for label, image in zip(chosen["label"], images, strict=True)]


def _png(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    array_image(pixels).save(file, "PNG")
    return file.getvalue()

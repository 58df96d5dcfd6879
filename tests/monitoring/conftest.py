"""A model with its reference, measured on pieces of a photo."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_sample_images

from pipeline.base.digests import file_digest
from pipeline.data.dataset import Dataset
from pipeline.data.record import Record
from pipeline.data.statistics.image_statistics import write_statistics
from pipeline.monitoring.reference.image_reference import REFERENCE_NAME, ImageReference
from pipeline.monitoring.reference.reference_builder import build_reference
from pipeline.runtime.engine.openvino_engine import OpenVinoEngine
from tests.conftest import CLASSES
from tests.packed_images import packed

SPLITS = {"train": 60, "validation": 40, "test": 40}  # images
SIZE = (96, 72)


def pieces(photo: int, count: int, seed: int) -> list[Image.Image]:
    """Return pieces of one of scikit-learn's two photos."""
    whole, generator = Image.fromarray(load_sample_images().images[photo]), np.random.default_rng(seed)
    found = []
    for _ in range(count):
        left, top = (int(generator.integers(0, most - size)) for most, size in zip(whole.size, SIZE, strict=True))
        found.append(whole.crop((left, top, left + SIZE[0], top + SIZE[1])))
    return found


def saved(images: list[Image.Image], folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{number:03d}.png" for number in range(len(images))]
    for image, file in zip(images, files, strict=True):
        image.save(file)
    return files


@dataclass(frozen=True)
class Monitored:
    """A `.keras` file with its reference beside it, the data it was measured on, and the files of these, by split."""

    model: Path
    dataset: Dataset
    reference: ImageReference
    files: dict[str, list[Path]]


@pytest.fixture(scope="session")
def monitored(model_file, config, tmp_path_factory) -> Monitored:
    folder = tmp_path_factory.mktemp("monitored")
    files = {
        split: saved(pieces(0, count, number), folder / split) for number, (split, count) in enumerate(SPLITS.items())
    }
    records = [
        Record(f"{split}/{file.name}", CLASSES[number % 3], split, partial(Image.open, file))
        for split, some in files.items()
        for number, file in enumerate(some)
    ]
    settings = config.data.model_copy(update={"height": 32, "width": 24, "channels": 3, "resize": "crop"})
    _, manifest = packed(records, settings, folder / "images")
    write_statistics(folder / "images", manifest)
    engine, dataset = OpenVinoEngine(model_file.parent / "openvino"), Dataset(folder / "images")
    reference = build_reference(engine, dataset, file_digest(model_file))
    model = folder / "model" / "model.keras"
    model.parent.mkdir()
    model.symlink_to(model_file)
    (model.parent / "openvino").symlink_to(model_file.parent / "openvino")
    reference.write(model.parent / REFERENCE_NAME)
    return Monitored(model, dataset, reference, files)

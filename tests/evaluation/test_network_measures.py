import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from pipeline.base.paths import MODEL, OPENVINO
from pipeline.data.dataset import Dataset
from pipeline.data.record import Record
from pipeline.evaluation.measures_files import write_measures
from pipeline.evaluation.network_measures import measure_network
from pipeline.evaluation.predicted_images import predicted_images
from tests.packed_images import packed

SIDE = 16


class BrightnessEngine:
    """Tells bright images from dark ones."""

    name = "brightness"

    def probabilities(self, pixels):
        bright = 1 / (1 + np.exp(-(pixels.mean(axis=(1, 2, 3)) - 127.5) / 8))
        return np.stack([bright, 1 - bright], axis=1).astype(np.float32)

    def class_maps(self, pixels):
        return None


@pytest.fixture(scope="module")
def evaluated(config, tmp_path_factory):
    """Return prepared data, their predictions, and a project's folder with files of a network."""
    root = tmp_path_factory.mktemp("project")
    records = [
        Record(
            str(number), "bright" if number % 2 else "dark", None,
            lambda number=number: Image.new("L", (SIDE, SIDE), 160 + number if number % 2 else 60 + number),
        )
        for number in range(60)
    ]  # fmt: skip
    packed(records, config.data.model_copy(update={"height": SIDE, "width": SIDE}), root / "packed")
    dataset = Dataset(root / "packed")
    for file in (root / MODEL, root / OPENVINO / "model.bin"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"12345")
    table = predicted_images(BrightnessEngine(), dataset, dataset.manifest, config.evaluation)
    return dataset, table[table["split"] == "test"], root


def measured(config, evaluated, images):
    dataset, test, root = evaluated
    settings = config.evaluation.model_copy(update={"robustness_images": images})
    training = {"parameters": 7, "multiply_adds": 9}
    return measure_network(BrightnessEngine(), dataset, test, settings, training, root)


def test_each_corruption_is_measured_and_what_needs_no_detail_is_not_hurt_by_blur(config, evaluated, tmp_path):
    measures = measured(config, evaluated, None)
    by_kind = {(one.corruption, one.strength): one for one in measures.robustness}
    assert len(by_kind) == 16
    assert by_kind["none", 0].accuracy.value == by_kind["blur", 3].accuracy.value == 1
    assert {one.images for one in measures.robustness} == {len(evaluated[1])}
    assert set(measures.examples) == set(by_kind)
    assert measures.cost.parameters == 7
    assert measures.cost.keras_bytes == measures.cost.openvino_bytes == 5
    write_measures(measures, tmp_path)
    written = pd.read_csv(tmp_path / "robustness.csv")
    assert len(written) == 16
    assert written["accuracy"].between(written["accuracy_low"], written["accuracy_high"]).all()
    assert json.loads((tmp_path / "cost.json").read_text())["multiply_adds"] == 9


def test_robustness_can_be_left_out_or_use_a_sample(config, evaluated, tmp_path):
    assert {one.images for one in measured(config, evaluated, 3).robustness} == {3}
    nothing = measured(config, evaluated, 0)
    assert not nothing.robustness
    write_measures(nothing, tmp_path)
    assert pd.read_csv(tmp_path / "robustness.csv").empty

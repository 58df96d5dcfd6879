"""The reference of a training, and that new images are measured as its images were."""

import numpy as np
import pytest

from pipeline.inference import load_model
from pipeline.monitoring.new_images import ImageMeter, measure_files
from pipeline.monitoring.reference.reference_builder import build_reference
from pipeline.monitoring.sharpness_bins import sharpness_bins
from pipeline.runtime.engine.openvino_engine import OpenVinoEngine


@pytest.mark.parametrize(("split", "name"), [("validation", "held_out"), ("train", "training")])
def test_the_same_files_have_the_same_measures(monitored, split, name):
    meter = ImageMeter(load_model(monitored.model), monitored.reference.space)
    new, images, unreadable = measure_files(meter, monitored.files[split])
    assert unreadable == []
    assert len(images) == len(monitored.files[split])
    kept = getattr(monitored.reference, name)
    for column in ("width", "height", "brightness", "contrast", "predicted"):
        assert sorted(getattr(new.table, column)) == sorted(getattr(kept, column)), column
    order, other = np.argsort(new.table.brightness), np.argsort(kept.brightness)
    np.testing.assert_allclose(new.table.embedding[order], kept.embedding[other], atol=1e-3)
    np.testing.assert_allclose(new.table.confidence[order], kept.confidence[other], atol=1e-3)


def test_sharpness_is_counted_as_the_new_images_is(monitored):
    meter = ImageMeter(load_model(monitored.model), None)
    new, _, _ = measure_files(meter, monitored.files["train"])
    bins, middles = sharpness_bins(new.sharpness)
    assert not np.isnan(new.sharpness).any()
    assert np.bincount(bins, minlength=len(middles)).tolist() == monitored.reference.sharpness.tolist()


def test_a_reference_made_twice_is_the_same_file(monitored, model_file, tmp_path):
    again = build_reference(
        OpenVinoEngine(model_file.parent / "openvino"), monitored.dataset, monitored.reference.model_digest
    )
    again.write(tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == (monitored.model.parent / "reference.npz").read_bytes()

"""The reference's file."""

import numpy as np
import pytest

from pipeline.base.errors import PipelineError
from pipeline.monitoring.reference.embedding_space import EmbeddingSpace
from pipeline.monitoring.reference.image_reference import read_reference
from tests.conftest import CLASSES


def test_what_is_read_is_what_was_written(monitored):
    digest = monitored.reference.model_digest
    read = read_reference(monitored.model.parent / "reference.npz", digest)
    assert (read.model_digest, read.classes) == (digest, CLASSES)
    for name in ("held_out", "training"):
        for column, values in vars(getattr(monitored.reference, name)).items():
            np.testing.assert_array_equal(getattr(getattr(read, name), column), values)
    np.testing.assert_array_equal(read.space.components, monitored.reference.space.components)
    np.testing.assert_array_equal(read.sharpness, monitored.reference.sharpness)


def test_a_model_without_one_is_a_sentence(tmp_path):
    with pytest.raises(PipelineError, match=r"no reference.*trained by an older version.*dvc repro --force train"):
        read_reference(tmp_path / "reference.npz", "")


def test_that_of_another_model_is_refused(monitored):
    with pytest.raises(PipelineError, match="reference of another model"):
        read_reference(monitored.model.parent / "reference.npz", "0" * 64)


@pytest.mark.parametrize("kept", [0, 10, 4000])
def test_a_damaged_one_is_a_sentence(monitored, tmp_path, kept):
    file = tmp_path / "reference.npz"
    file.write_bytes((monitored.model.parent / "reference.npz").read_bytes()[:kept])
    with pytest.raises(PipelineError, match="damaged, or of another version"):
        read_reference(file, monitored.reference.model_digest)


def test_one_without_features_has_no_space(monitored, tmp_path):
    from dataclasses import replace

    reference = replace(monitored.reference, space=None)
    reference.write(tmp_path / "reference.npz")
    assert read_reference(tmp_path / "reference.npz", reference.model_digest).space is None


def test_images_of_equal_features_are_at_one_place():
    features = np.random.default_rng(0).random((50, 40), np.float32)
    space = EmbeddingSpace.fit(features)
    places = space.places(np.concatenate([features, 3 * features]))  # the length of a vector plays no part
    np.testing.assert_allclose(places[:50], places[50:], atol=1e-6)
    assert places.shape == (100, 32)
    assert np.isfinite(space.places(np.zeros((2, 40), np.float32))).all()

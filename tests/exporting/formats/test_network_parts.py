"""Every part of the network in every format: response normalization, batch normalization, views, an ensemble."""

import numpy as np
import pytest

from pipeline.exporting.formats.export_source import ExportSource
from pipeline.exporting.formats.variant import FORMATS
from pipeline.runtime.images.preprocessing import Preprocessing
from pipeline.runtime.model_spec import ModelSpec

SPEC = ModelSpec("x", ("a", "ü b", "日本"), Preprocessing(24, 32, 3, "pad"))


@pytest.fixture(scope="module")
def source(keras, tmp_path_factory):
    from pipeline.model import googlenet, with_ensemble, with_views

    keras.utils.set_random_seed(0)
    batch, lrn = (googlenet((24, 32, 3), 3, stem="small", normalization=name, width=0.125) for name in ("batch", "lrn"))
    network = with_ensemble(with_views(batch, "mirrored"), [lrn])
    return ExportSource(network, SPEC, "digest", tmp_path_factory.mktemp("scratch"))


@pytest.mark.parametrize("name", ["onnx", "litert", "savedmodel"])  # OpenVINO: tests/training/networks
def test_it_predicts_what_keras_does_for_any_number_of_images(source, tmp_path, name):
    FORMATS[name].write(source, tmp_path, False)
    (engine,) = FORMATS[name].engines(tmp_path, False)
    pixels = np.random.default_rng(0).integers(0, 256, (37, 24, 32, 3), np.uint8)
    expected = source.network.predict_on_batch(pixels)
    np.testing.assert_allclose(engine.probabilities(pixels), expected, atol=1e-4)
    np.testing.assert_allclose(engine.predict(pixels[:1]), expected[:1], atol=1e-4)

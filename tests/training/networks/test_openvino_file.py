"""A network written for OpenVINO: equal files for equal networks, whatever they are made of."""

import numpy as np
import pytest

from pipeline.runtime.engine.openvino_engine import OpenVinoEngine
from pipeline.runtime.images.preprocessing import Preprocessing
from pipeline.runtime.model_spec import ModelSpec

SPEC = ModelSpec("x", ('a<b> "&', "ü\n", "🙂"), Preprocessing(32, 24, 1, "pad"))
PIXELS = np.random.default_rng(0).integers(0, 256, (4, 32, 24, 1), np.uint8)


@pytest.fixture(scope="module")
def networks(keras):
    from pipeline.model import googlenet, with_ensemble, with_views

    keras.utils.set_random_seed(0)
    batch, lrn = (googlenet((32, 24, 1), 3, stem="small", normalization=name, width=0.125) for name in ("batch", "lrn"))
    mirrored = with_views(batch, "mirrored")
    return {"batch": batch, "lrn": lrn, "mirrored": mirrored, "ensemble": with_ensemble(mirrored, [lrn])}


@pytest.mark.parametrize("name", ["batch", "lrn", "mirrored", "ensemble"])
def test_it_predicts_what_keras_does(networks, name, tmp_path):
    from pipeline.training.networks.openvino_file import save_openvino

    save_openvino(networks[name], tmp_path / "openvino", SPEC, "digest")
    engine = OpenVinoEngine(tmp_path / "openvino")
    assert (engine.spec, engine.keras_digest) == (SPEC, "digest")
    np.testing.assert_allclose(engine.probabilities(PIXELS), networks[name].predict(PIXELS, verbose=0), atol=0.02)
    assert engine.class_maps(PIXELS).shape[-1] == 3
    width = sum(layer.output.shape[-1] for layer in networks[name].layers if layer.name.endswith("average_pool"))
    assert engine.features(PIXELS)[1].shape == (4, width)


def test_a_network_saved_in_a_process_that_trains_in_bfloat16_is_the_same_bytes(keras, networks, tmp_path):
    from pipeline.training.networks.openvino_file import save_openvino

    for folder, precision in (("one", "float32"), ("two", "mixed_bfloat16")):
        keras.config.set_dtype_policy(precision)
        save_openvino(networks["batch"], tmp_path / folder, SPEC, "digest")
    for file in ("model.xml", "model.bin"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_a_network_without_maps_has_none(keras, tmp_path):
    from pipeline.training.networks.openvino_file import save_openvino

    images = keras.Input((32, 24, 1), dtype="uint8", name="images")
    outputs = keras.layers.Dense(3, activation="softmax")(keras.layers.Flatten()(images))
    save_openvino(keras.Model(images, outputs), tmp_path / "openvino", SPEC, "digest")
    engine = OpenVinoEngine(tmp_path / "openvino")
    assert engine.class_maps(PIXELS) is None
    assert engine.features(PIXELS) is None

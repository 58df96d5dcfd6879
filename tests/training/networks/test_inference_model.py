"""The trained network as a file: equal models are equal files, in float32 whatever it was trained in."""

import json
import zipfile

import numpy as np
import pytest

from pipeline.topology.blocks import PAPER_FILTERS


@pytest.fixture(scope="module")
def images():
    return (np.arange(4 * 16 * 16) * 37 % 256).astype(np.uint8).reshape(4, 16, 16, 1)


def build_network(keras, config, policy):
    from pipeline.training.networks.build_network import build_network

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    keras.utils.set_random_seed(3)
    try:
        return build_network(config, (16, 16, 1), 3, 5)
    finally:
        keras.config.set_dtype_policy(before)


def outputs(model, images):
    return np.asarray(model(images, training=False))


@pytest.fixture(scope="module")
def model(keras, tiny):
    return build_network(keras, tiny.model, "float32")


def test_a_model_saved_twice_is_the_same_bytes_and_carries_no_date(keras, model, tmp_path):
    from pipeline.training.networks.inference_model import save_keras_file

    first, second = tmp_path / "a/model.keras", tmp_path / "b/model.keras"
    save_keras_file(model, first)
    save_keras_file(model, second)
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert {item.date_time for item in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert set(json.loads(archive.read("metadata.json"))) == {"keras_version"}
    assert [path.name for path in first.parent.iterdir()] == ["model.keras"]


def test_a_saved_model_loads_and_predicts_the_same(keras, model, images, tmp_path):
    from pipeline.training.networks.inference_model import save_keras_file

    save_keras_file(model, tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(outputs(loaded, images), outputs(model, images))


def test_a_portable_model_predicts_what_the_float32_one_does(keras, tiny, model, images):
    from pipeline.training.networks.inference_model import inference_model

    mixed = build_network(keras, tiny.model, "mixed_bfloat16")
    copy = inference_model(mixed, model.get_weights())
    np.testing.assert_array_equal(outputs(copy, images), outputs(model, images))
    assert (outputs(mixed, images) != outputs(model, images)).any()


def test_a_portable_model_has_float32_policies_only_and_leaves_the_global_one_alone(keras, tiny, model):
    from pipeline.training.networks.inference_model import inference_model

    mixed = build_network(keras, tiny.model, "mixed_bfloat16")
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        copy = inference_model(mixed, model.get_weights())
        assert keras.config.dtype_policy().name == "mixed_bfloat16"
    finally:
        keras.config.set_dtype_policy(before)
    layers = [layer for layer in copy.layers if not isinstance(layer, keras.layers.InputLayer)]
    assert {layer.dtype_policy.name for layer in layers} == {"float32"}
    assert copy.inputs[0].dtype == "uint8"
    assert [layer.name for layer in copy.layers] == [layer.name for layer in mixed.layers]


@pytest.mark.parametrize("normalization", ["lrn", "batch"])
def test_a_portable_model_has_no_auxiliary_heads_and_keras_layers_only(keras, tiny, tmp_path, normalization):
    from pipeline.training.networks.auxiliary_loss import with_auxiliary_loss
    from pipeline.training.networks.inference_model import inference_model, save_keras_file

    changed = {"auxiliary_heads": "paper", "normalization": normalization, "filters": PAPER_FILTERS}
    config = tiny.model.model_copy(update=changed)
    keras.utils.set_random_seed(0)
    from pipeline.training.networks.build_network import build_network

    trained = with_auxiliary_loss(build_network(config, (32, 32, 1), 3, 5, fast=True))
    assert len(trained.outputs) == 3
    saved = inference_model(trained, trained.get_weights())
    save_keras_file(saved, tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert {type(layer).__module__.split(".")[0] for layer in loaded.layers} == {"keras"}
    assert not [layer.name for layer in loaded.layers if layer.name.startswith("auxiliary")]
    pixels = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 1), np.uint8)
    np.testing.assert_allclose(outputs(loaded, pixels), np.asarray(trained(pixels)[0]), rtol=1e-4, atol=1e-6)

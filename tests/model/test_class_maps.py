"""Class activation maps: their mean plus the bias is the logit."""

import numpy as np
import pytest

from pipeline.topology.blocks import PAPER_FILTERS

FEW_BLOCKS = {name: PAPER_FILTERS[name] for name in ("inception_3a", "inception_4a", "inception_5b")}
PIXELS = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3), np.uint8)


@pytest.fixture(scope="module")
def network(keras):
    keras.utils.set_random_seed(0)
    return build()


def build():
    from pipeline.model import googlenet

    return googlenet((32, 32, 3), 4, stem="small", normalization="batch", width=0.125, filters=FEW_BLOCKS)


def maps_of(keras, network, pixels=PIXELS):
    from pipeline.model.class_maps import class_maps

    return np.asarray(keras.Model(network.inputs, class_maps(network))(pixels))


def test_a_maps_mean_and_the_bias_are_the_logit(keras, network):
    maps = maps_of(keras, network)
    logits = maps.mean((1, 2)) + np.asarray(network.get_layer("classifier").bias)
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(probabilities, np.asarray(network(PIXELS)), rtol=1e-4)


def test_mirrored_views_are_mirrored_back(keras, network):
    from pipeline.model import with_views

    maps = maps_of(keras, with_views(network, "mirrored"))
    plain, mirrored = maps_of(keras, network), maps_of(keras, network, PIXELS[:, :, ::-1])
    np.testing.assert_allclose(maps, (plain + mirrored[:, :, ::-1]) / 2, rtol=1e-4, atol=1e-5)


def test_a_network_from_a_file_shares_no_names_with_its_maps(keras, network, tmp_path):
    from pipeline.model import with_views

    with_views(network, "mirrored").save(tmp_path / "mirrored.keras")
    keras.utils.clear_session()  # names count from the beginning, as in a new process
    loaded = keras.models.load_model(tmp_path / "mirrored.keras")
    assert maps_of(keras, loaded).shape[-1] == 4


def test_an_ensembles_maps_are_the_mean_of_its_networks(keras, network):
    from pipeline.model import with_ensemble

    other = build()
    expected = (maps_of(keras, network) + maps_of(keras, other)) / 2
    np.testing.assert_allclose(maps_of(keras, with_ensemble(network, [other])), expected, rtol=1e-4, atol=1e-5)


def test_other_networks_have_none(keras):
    from pipeline.model.class_maps import class_maps

    other = keras.Sequential([keras.layers.Input((32, 32, 3)), keras.layers.Flatten(), keras.layers.Dense(4)])
    assert class_maps(other) is None

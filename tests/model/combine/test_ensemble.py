"""The mean of several networks: the same layers and weights, one flat model."""

import numpy as np
import pytest

from pipeline.topology.blocks import PAPER_FILTERS

CLASSES = 4
FEW_BLOCKS = {name: PAPER_FILTERS[name] for name in ("inception_3a", "inception_5b")}  # as good as nine here


@pytest.fixture(scope="module")
def networks(keras):
    from pipeline.model import googlenet, with_views

    keras.utils.set_random_seed(0)
    options = {"stem": "small", "normalization": "batch", "width": 0.125, "filters": FEW_BLOCKS}
    built = [googlenet((24, 24, 3), CLASSES, **options) for _ in range(3)]
    return [built[0], built[1], with_views(built[2], "mirrored")]


@pytest.fixture(scope="module")
def pixels():
    return np.random.default_rng(0).integers(0, 256, (5, 24, 24, 3), np.uint8)


@pytest.fixture(scope="module")
def ensemble(networks):
    from pipeline.model import with_ensemble

    return with_ensemble(networks[0], networks[1:])


def test_it_says_the_mean_of_what_its_networks_say(networks, ensemble, pixels):
    answers = [np.asarray(network(pixels)) for network in networks]
    assert min(abs(answers[0] - answer).max() for answer in answers[1:]) > 1e-3
    np.testing.assert_allclose(np.asarray(ensemble(pixels)), np.mean(answers, axis=0), rtol=1e-5, atol=1e-7)


def test_an_ensemble_of_ensembles_counts_every_network_once(networks, pixels):
    from pipeline.model import with_ensemble

    pair = with_ensemble(networks[0], networks[1:2])
    answers = [np.asarray(network(pixels)) for network in (*networks, networks[0])]
    for three in (with_ensemble(networks[2], [pair]), with_ensemble(pair, networks[2:])):
        np.testing.assert_allclose(np.asarray(three(pixels)), np.mean(answers[:3], axis=0), rtol=1e-5, atol=1e-7)
    again = with_ensemble(pair, [with_ensemble(networks[2], [networks[0]])])
    np.testing.assert_allclose(np.asarray(again(pixels)), np.mean(answers, axis=0), rtol=1e-5, atol=1e-7)


def test_the_networks_own_layers_keep_their_names_and_weights(networks, ensemble):
    own = {layer.name: layer.get_weights() for layer in ensemble.layers if not layer.name.startswith("member_")}
    for layer in networks[0].layers:
        for mine, its in zip(own[layer.name], layer.get_weights(), strict=True):
            np.testing.assert_array_equal(mine, its)
    assert ensemble.count_params() == sum(network.count_params() for network in networks)


def test_every_view_of_every_network_costs(networks, ensemble):
    from pipeline.model.measured_cost import inference_cost, measured_cost

    one, actual = measured_cost(networks[0].layers), inference_cost(ensemble)
    assert (actual.multiply_adds, actual.weights) == (4 * one.multiply_adds, 3 * one.weights)


def test_a_saved_one_loads_with_keras_alone(ensemble, pixels, saved_and_loaded):
    np.testing.assert_array_equal(saved_and_loaded(ensemble)(pixels), ensemble(pixels))


def test_a_network_of_any_keras_model_may_be_a_member(keras, networks, pixels):
    from pipeline.model import with_ensemble

    layers = [keras.layers.Rescaling(1 / 255), keras.layers.Flatten(), keras.layers.Dense(CLASSES, "softmax")]
    other = keras.Sequential([keras.Input((24, 24, 3), dtype="uint8"), *layers])
    expected = (np.asarray(networks[0](pixels)) + np.asarray(other(pixels))) / 2
    pair = with_ensemble(networks[0], [other])
    np.testing.assert_allclose(np.asarray(pair(pixels)), expected, rtol=1e-5, atol=1e-7)


def test_no_members_is_the_network_itself_and_other_networks_are_refused(networks):
    from pipeline.model import googlenet, with_ensemble

    assert with_ensemble(networks[0], []) is networks[0]
    other = googlenet((24, 24, 3), CLASSES + 1, stem="small", width=0.125)
    with pytest.raises(
        ValueError,
        match=r"member 2 takes uint8 images of 24×24×3 and returns 5 probabilities, the network takes .* returns 4 ",
    ):
        with_ensemble(networks[0], [networks[1], other])

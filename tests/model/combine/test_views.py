"""The mean over views: the same weights, the answers to an image and to its mirror image."""

import numpy as np
import pytest

CLASSES = 4


@pytest.fixture(scope="module")
def network(keras):
    from pipeline.model import googlenet

    keras.utils.set_random_seed(0)
    return googlenet((32, 24, 3), CLASSES, stem="small", normalization="batch", width=0.125)


@pytest.fixture(scope="module")
def mirrored(network):
    from pipeline.model import with_views

    return with_views(network, "mirrored")


@pytest.fixture(scope="module")
def pixels():
    return np.random.default_rng(0).integers(0, 256, (5, 32, 24, 3), np.uint8)


def test_it_is_the_mean_of_what_the_network_says_of_an_image_and_of_its_mirror_image(network, mirrored, pixels):
    seen, reflected = (np.asarray(network(images)) for images in (pixels, pixels[:, :, ::-1]))
    assert abs(seen - reflected).max() > 1e-3
    np.testing.assert_allclose(np.asarray(mirrored(pixels)), (seen + reflected) / 2, rtol=1e-5, atol=1e-7)


def test_a_mirror_image_gets_the_same_answer(mirrored, pixels):
    np.testing.assert_allclose(mirrored(pixels), mirrored(pixels[:, :, ::-1]), rtol=1e-5, atol=1e-7)


def test_it_has_the_networks_layers_weights_and_shapes(network, mirrored):
    from keras.layers import Layer

    assert [layer.name for layer in mirrored.layers if isinstance(layer, Layer)] == [
        layer.name for layer in network.layers
    ]
    assert (mirrored.input_shape, mirrored.output_shape) == (network.input_shape, network.output_shape)
    for mine, its in zip(mirrored.get_weights(), network.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, its)


def test_a_saved_one_loads_with_keras_alone(mirrored, pixels, saved_and_loaded):
    np.testing.assert_array_equal(saved_and_loaded(mirrored)(pixels), mirrored(pixels))


def test_one_view_is_the_network_itself_and_unknown_views_are_refused(network):
    from pipeline.model import with_views

    assert with_views(network, "one") is network
    with pytest.raises(ValueError, match="views must be one of one, mirrored, got 'crops'"):
        with_views(network, "crops")

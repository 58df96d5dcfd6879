"""The network against Table 1 of arXiv:1409.4842."""

import numpy as np
import pytest

from pipeline.config.compose import compose
from pipeline.config.parse import parse_config

FIVES = {
    "inception_5a": (213_248, 133_280, 461_120, 26_656, 102_528, 106_624),
    "inception_5b": (319_872, 159_936, 663_936, 39_984, 153_728, 106_624),
}
BRANCHES = ("1x1", "3x3_reduce", "3x3", "5x5_reduce", "5x5", "pool_proj")
OUTPUTS = {
    "conv1_7x7": (112, 112, 64),
    "pool1": (56, 56, 64),
    "conv2_3x3": (56, 56, 192),
    "pool2": (28, 28, 192),
    "inception_3a_output": (28, 28, 256),
    "inception_3b_output": (28, 28, 480),
    "inception_4a_output": (14, 14, 512),
    "inception_4b_output": (14, 14, 512),
    "inception_4c_output": (14, 14, 512),
    "inception_4d_output": (14, 14, 528),
    "inception_4e_output": (14, 14, 832),
    "pool_before_5a": (7, 7, 832),
    "inception_5a_output": (7, 7, 832),
    "inception_5b_output": (7, 7, 1024),
    "average_pool": (1, 1, 1024),
    "probabilities": (1000,),
}


@pytest.fixture(scope="module")
def paper(keras):
    from pipeline.model import googlenet

    return googlenet()


@pytest.fixture(scope="module")
def tiny(keras):
    from pipeline.model import googlenet

    keras.utils.set_random_seed(0)
    return googlenet((28, 28, 1), 10, stem="small", normalization="batch", width=0.125)


def pixels(*shape):
    return (np.arange(np.prod(shape)) * 37 % 256).astype(np.uint8).reshape(shape)


def outputs(model, images):
    """What the network gives, without the seconds that `predict` takes to trace it."""
    return np.asarray(model(images, training=False))


def test_the_published_network_has_6_998_552_parameters(paper):
    assert paper.count_params() == 6_998_552
    assert paper.get_layer("classifier").count_params() == 1_025_000


@pytest.mark.parametrize(("layer", "shape"), OUTPUTS.items())
def test_output_shapes_at_224_pixels_are_the_tables(paper, layer, shape):
    assert tuple(paper.get_layer(layer).output.shape)[1:] == shape


@pytest.mark.parametrize(("block", "counts"), FIVES.items())
def test_the_last_blocks_have_the_tables_parameters_branch_by_branch(paper, block, counts):
    assert tuple(paper.get_layer(f"{block}_{branch}").count_params() for branch in BRANCHES) == counts


def test_every_branch_has_the_kernel_of_its_name(paper):
    from pipeline.model import PAPER_FILTERS

    for block in PAPER_FILTERS:
        kernels = [paper.get_layer(f"{block}_{branch}").kernel_size for branch in BRANCHES]
        assert kernels == [(1, 1), (1, 1), (3, 3), (1, 1), (5, 5), (1, 1)]


def test_dropout_of_four_tenths_stands_right_before_the_classifier(paper):
    names = [layer.name for layer in paper.layers]
    assert names[names.index("classifier") - 1] == "dropout"
    assert paper.get_layer("dropout").rate == 0.4
    assert paper.get_layer("classifier").input is paper.get_layer("dropout").output


def test_conf_has_the_papers_filters(root, keras):
    from pipeline.model import PAPER_FILTERS

    config = parse_config(compose(root, ["model=googlenet"]), "here").model
    assert {block: tuple(numbers) for block, numbers in config.filters.items()} == dict(PAPER_FILTERS)


def test_raw_uint8_pixels_become_probabilities_and_floats_of_the_same_value_the_same_ones(tiny):
    images = pixels(3, 28, 28, 1)
    found = outputs(tiny, images)
    assert found.shape == (3, 10)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found.sum(axis=1), 1.0, atol=1e-6)
    np.testing.assert_array_equal(found, outputs(tiny, images.astype(np.float32)))


def test_preprocessing_maps_0_to_minus_1_and_255_to_1(keras, tiny):
    ends = tiny.get_layer("preprocessing")(np.array([0, 255], np.uint8).reshape(1, 1, 2, 1))
    np.testing.assert_allclose(np.ravel(keras.ops.convert_to_numpy(ends)), [-1, 1], atol=1e-6)


def test_probabilities_are_float32_under_mixed_precision(keras):
    from pipeline.model import googlenet

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = googlenet((16, 16, 1), 4, stem="small", width=0.125)
    finally:
        keras.config.set_dtype_policy(before)
    assert model.get_layer("inception_3a_1x1").compute_dtype == "bfloat16"
    found = outputs(model, pixels(2, 16, 16, 1))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found.sum(axis=1), 1.0, atol=1e-6)


def test_a_saved_model_loads_and_predicts_the_same(keras, tiny, tmp_path):
    tiny.save(tmp_path / "model.keras")
    images = pixels(4, 28, 28, 1)
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(outputs(loaded, images), outputs(tiny, images))

"""Local response normalization and auxiliary classifiers, as published and as saved."""

import subprocess
import sys

import numpy as np
import pytest

from pipeline.topology.blocks import PAPER_FILTERS

CLASSES = 4
FEW_BLOCKS = {name: PAPER_FILTERS[name] for name in ("inception_3a", "inception_4a", "inception_5b")}


@pytest.fixture(scope="module")
def build(keras):
    from pipeline.model import googlenet

    def make(**options):
        keras.utils.set_random_seed(0)
        return googlenet((32, 32, 1), CLASSES, **({"stem": "small", "width": 0.125} | options))

    return make


@pytest.fixture(scope="module")
def usual(build):
    """What comes out with the usual activation, by normalization."""
    return {name: np.asarray(build(normalization=name, filters=FEW_BLOCKS)(pixels())) for name in ("none", "batch")}


def pixels(count=2):
    return np.random.default_rng(0).integers(0, 256, (count, 32, 32, 1), np.uint8)


def test_response_normalization_is_tensorflows_for_pixels_of_the_papers_size(keras):
    import tensorflow as tf

    from pipeline.model.layers import local_response_normalization

    values = np.random.default_rng(0).normal(0, 40, (2, 3, 4, 9)).astype(np.float32)
    inputs = keras.Input((3, 4, 9))
    found = 127.5 * keras.Model(inputs, local_response_normalization(inputs))(values / 127.5)
    wanted = tf.nn.local_response_normalization(values, depth_radius=2, bias=1.0, alpha=1e-4 / 5, beta=0.75)
    np.testing.assert_allclose(found, wanted, rtol=1e-5)
    assert np.abs(values - np.asarray(wanted)).max() > 0.1


@pytest.mark.parametrize("stem", ["imagenet", "small", "tiny"])
def test_normalising_adds_no_weights_and_changes_what_comes_out(build, stem):
    plain, normalized = build(stem=stem), build(stem=stem, normalization="lrn")
    assert [weight.shape for weight in plain.weights] == [weight.shape for weight in normalized.weights]
    assert np.abs(np.asarray(plain(pixels())) - np.asarray(normalized(pixels()))).max() > 0


def test_a_saved_network_with_normalization_loads_where_this_project_is_not(build, tmp_path):
    model = build(normalization="lrn")
    model.save(tmp_path / "model.keras")
    np.save(tmp_path / "pixels.npy", pixels())
    code = (
        "import keras, numpy as np, importlib.util; assert importlib.util.find_spec('pipeline') is None;"
        "model = keras.models.load_model('model.keras');"
        "np.save('out.npy', np.asarray(model(np.load('pixels.npy'))))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.meta_path = [f for f in sys.meta_path if 'editable' not in "
         f"repr(f)]; {code}"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-500:]
    np.testing.assert_allclose(np.load(tmp_path / "out.npy"), np.asarray(model(pixels())), rtol=1e-5)


@pytest.mark.parametrize("normalization", ["none", "lrn", "batch"])
def test_two_heads_stand_behind_4a_and_4d_and_give_probabilities(build, normalization):
    model = build(auxiliary_heads="paper", normalization=normalization)
    outputs = [np.asarray(output) for output in model(pixels())]
    assert [output.shape for output in outputs] == [(2, CLASSES)] * 3
    for output in outputs:
        np.testing.assert_allclose(output.sum(axis=1), 1.0, rtol=1e-5)
    for name in ("4a", "4d"):
        pool = model.get_layer(f"auxiliary_{name}_pool")
        assert (pool.pool_size, pool.strides, pool.padding) == ((5, 5), (3, 3), "valid")
        assert pool.input is model.get_layer(f"inception_{name}_output").output
        assert model.get_layer(f"auxiliary_{name}_dropout").rate == 0.7


def test_at_full_width_a_head_has_the_papers_sizes(keras):
    from pipeline.model import googlenet

    model = googlenet(auxiliary_heads="paper")
    assert tuple(model.get_layer("auxiliary_4a_pool").output.shape) == (None, 4, 4, 512)
    assert tuple(model.get_layer("auxiliary_4d_pool").output.shape) == (None, 4, 4, 528)
    assert model.get_layer("auxiliary_4a_conv").filters == 128
    assert model.get_layer("auxiliary_4d_dense").units == 1024
    assert model.get_layer("auxiliary_4d_classifier").units == 1000


def test_without_its_heads_the_network_is_the_plain_one(build):
    from pipeline.model import without_auxiliary_heads

    headed, plain = build(auxiliary_heads="paper"), build()
    bare = without_auxiliary_heads(headed)
    assert bare.count_params() == plain.count_params()
    np.testing.assert_array_equal(np.asarray(bare(pixels())), np.asarray(headed(pixels())[0]))
    assert without_auxiliary_heads(plain) is plain


@pytest.mark.parametrize("activation", ["leaky_relu", "elu", "gelu", "silu", "mish", "hard_silu"])
def test_every_activation_builds_and_changes_what_comes_out(build, usual, activation):
    for normalization, before in usual.items():
        found = np.asarray(build(activation=activation, normalization=normalization, filters=FEW_BLOCKS)(pixels()))
        assert np.isfinite(found).all()
        assert (found != before).any()


@pytest.mark.parametrize("option", ["normalization", "auxiliary_heads"])
def test_an_unknown_option_is_refused_by_name(build, option):
    with pytest.raises(ValueError, match=f"{option} must be one of none, "):
        build(**{option: "other"})

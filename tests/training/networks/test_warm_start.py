"""Weights to start from, and weights to leave alone."""

import zipfile

import numpy as np
import pytest

from pipeline.base.errors import PipelineError
from pipeline.topology.blocks import PAPER_FILTERS

BLOCKS = [f"inception_{name}" for name in ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b")]


@pytest.fixture(scope="module")
def network(keras, few_blocks):
    from pipeline.model import googlenet

    usual = {"stem": "small", "normalization": "batch", "width": 0.125, "filters": few_blocks}

    def build(classes=3, seed=0, **options):
        keras.utils.set_random_seed(seed)
        return googlenet((32, 32, 1), classes, **(usual | options))

    return build


@pytest.fixture(scope="module")
def saved(network, tmp_path_factory):
    """A file with another network, and its weights by layer."""
    from pipeline.training.networks.inference_model import save_keras_file

    model, file = network(seed=7), tmp_path_factory.mktemp("trained") / "model.keras"
    save_keras_file(model, file)
    return file, {layer.name: layer.get_weights() for layer in model.layers}


def same(layer, weights):
    return all(np.array_equal(one, two) for one, two in zip(layer.get_weights(), weights, strict=True))


def test_the_same_network_starts_with_every_weight(network, saved):
    from pipeline.training.networks.warm_start import load_initial_weights

    file, weights = saved
    model = network()
    assert load_initial_weights(model, file) == []
    assert all(same(layer, weights[layer.name]) for layer in model.layers)


def test_a_model_saved_with_views_and_others_is_as_good_a_start(network, saved, tmp_path):
    from pipeline.model import with_ensemble, with_views
    from pipeline.training.networks.inference_model import save_keras_file
    from pipeline.training.networks.warm_start import load_initial_weights

    whole = with_ensemble(with_views(network(seed=7), "mirrored"), [network(seed=8)])
    save_keras_file(whole, tmp_path / "whole.keras")
    model = network()
    assert load_initial_weights(model, tmp_path / "whole.keras") == []
    assert all(same(layer, saved[1][layer.name]) for layer in model.layers)


def test_other_classes_keep_a_fresh_classifier_and_nothing_else(network, saved):
    from pipeline.training.networks.warm_start import load_initial_weights

    file, weights = saved
    model = network(classes=5)
    before = model.get_layer("classifier").get_weights()
    assert load_initial_weights(model, file) == ["classifier"]
    assert same(model.get_layer("classifier"), before)
    assert all(same(layer, weights[layer.name]) for layer in model.layers if layer.name != "classifier")


def test_auxiliary_heads_that_the_file_lacks_start_fresh(network, saved):
    from pipeline.training.networks.warm_start import load_initial_weights

    file, weights = saved
    model = network(auxiliary_heads="paper")
    fresh = load_initial_weights(model, file)
    assert fresh
    assert all(name.startswith("auxiliary_") for name in fresh)
    assert same(model.get_layer("inception_5b_1x1"), weights["inception_5b_1x1"])


def test_the_layers_that_train_fastest_take_the_weights_too(network, saved):
    from pipeline.training.engine.fused_layers import FusedBatchNormalization
    from pipeline.training.networks.warm_start import load_initial_weights

    file, weights = saved
    model = network(normalization_layer=FusedBatchNormalization)
    load_initial_weights(model, file)
    assert same(model.get_layer("inception_3a_1x1_bn"), weights["inception_3a_1x1_bn"])


@pytest.mark.parametrize(
    ("other", "layer"),
    [({"width": 0.25}, "conv1_3x3"), ({"stem": "imagenet"}, "conv1_7x7"), ({"normalization": "none"}, "conv1")],
)
def test_another_network_is_refused_by_its_first_layer_that_differs(network, saved, other, layer):
    from pipeline.training.networks.warm_start import load_initial_weights

    with pytest.raises(
        PipelineError, match=f"is incompatible with the network: layer {layer}.* choose the data.channels"
    ) as caught:
        load_initial_weights(network(**other), saved[0])
    assert "\n" not in str(caught.value)


def test_images_in_color_need_a_network_trained_on_colors(keras, saved, few_blocks):
    from pipeline.model import googlenet
    from pipeline.training.networks.warm_start import load_initial_weights

    colors = googlenet((32, 32, 3), 3, stem="small", normalization="batch", width=0.125, filters=few_blocks)
    with pytest.raises(PipelineError, match=r"conv1_3x3 needs .*3, 3, 3, 8.*has .*3, 3, 1, 8.*data\.channels"):
        load_initial_weights(colors, saved[0])


def test_a_network_that_trains_in_bfloat16_takes_the_weights_in_float32(keras, network, saved):
    from pipeline.training.engine.fused_layers import FusedBatchNormalization
    from pipeline.training.networks.warm_start import load_initial_weights

    file, weights = saved
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = network(normalization_layer=FusedBatchNormalization)
        load_initial_weights(model, file)
    finally:
        keras.config.set_dtype_policy(before)
    assert model.get_layer("inception_5b_1x1").compute_dtype == "bfloat16"
    assert all(same(layer, weights[layer.name]) for layer in model.layers)


@pytest.mark.parametrize("lost", ["config.json", "model.weights.h5"])
def test_a_damaged_archive_is_refused_in_one_sentence(network, saved, tmp_path, lost):
    from pipeline.training.networks.warm_start import load_initial_weights

    damaged = tmp_path / "model.keras"
    with zipfile.ZipFile(saved[0]) as whole, zipfile.ZipFile(damaged, "w") as part:
        for name in set(whole.namelist()) - {lost}:
            part.writestr(name, whole.read(name))
    with pytest.raises(PipelineError, match="Keras cannot read") as caught:
        load_initial_weights(network(), damaged)
    assert "\n" not in str(caught.value)


def test_a_file_with_flipped_bits_is_refused(network, saved, tmp_path):
    from pipeline.training.networks.warm_start import load_initial_weights

    content = bytearray(saved[0].read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "model.keras").write_bytes(content)
    with pytest.raises(PipelineError, match="Keras cannot read"):
        load_initial_weights(network(), tmp_path / "model.keras")


def test_a_file_that_is_no_model_is_refused(keras, network, tmp_path):
    from pipeline.training.networks.warm_start import load_initial_weights

    (tmp_path / "model.keras").write_bytes(b"not a zip file")
    with pytest.raises(PipelineError, match="Keras cannot read"):
        load_initial_weights(network(), tmp_path / "model.keras")


@pytest.mark.parametrize("block", ["stem", "inception_3a", "inception_4b", "inception_5b"])
def test_everything_up_to_the_block_is_frozen_and_nothing_after(network, block):
    from pipeline.training.networks.warm_start import freeze_up_to

    model = network(filters=PAPER_FILTERS)
    freeze_up_to(model, block)
    frozen = {layer.name for layer in model.layers if layer.weights and not layer.trainable}
    kept = BLOCKS[: BLOCKS.index(block) + 1] if block != "stem" else []
    wanted = {
        layer.name
        for layer in model.layers
        if layer.weights and (layer.name.startswith("conv") or "_".join(layer.name.split("_")[:2]) in kept)
    }
    assert frozen == wanted
    assert "conv2_3x3_bn" in frozen
    assert "classifier" not in frozen


def test_heads_beside_the_frozen_blocks_still_learn(network):
    from pipeline.training.networks.warm_start import freeze_up_to

    model = network(auxiliary_heads="paper", normalization="lrn", filters=PAPER_FILTERS)
    freeze_up_to(model, "inception_4b")
    trained = [layer.name for layer in model.layers if layer.weights and layer.trainable]
    assert "auxiliary_4a_classifier" in trained
    assert not [name for name in trained if name.startswith(("conv", "inception_3", "inception_4a", "inception_4b"))]


def test_frozen_weights_and_averages_stay_in_a_fit_and_the_others_move(keras, network):
    from pipeline.training.engine.fused_layers import FusedBatchNormalization
    from pipeline.training.networks.warm_start import freeze_up_to

    model = network(normalization_layer=FusedBatchNormalization)
    freeze_up_to(model, "inception_4a")
    before = {layer.name: layer.get_weights() for layer in model.layers}
    model.compile(keras.optimizers.SGD(0.1), "categorical_crossentropy")
    pixels = np.random.default_rng(0).integers(0, 256, (6, 32, 32, 1)).astype(np.uint8)
    model.train_on_batch(pixels, np.eye(3)[[0, 1, 2, 0, 1, 2]])
    for layer in model.layers:
        if layer.weights:
            moves = layer.name.startswith(("inception_5", "classifier"))
            assert same(layer, before[layer.name]) != moves, layer.name


def test_a_training_goes_on_from_a_file_and_keeps_what_is_frozen(keras, fit_with, tiny, tmp_path):
    from pipeline.training.checkpoints.checkpoint_store import CheckpointStore

    first = fit_with(CheckpointStore(tmp_path, "first"), epochs=1, warmup_epochs=0).fitted
    from pipeline.training.networks.inference_model import inference_model, save_keras_file

    file = tmp_path / "first.keras"
    save_keras_file(inference_model(first.model, first.weights), file)
    changed = {"init_from": str(file), "freeze": "inception_4a"}
    second = fit_with(
        CheckpointStore(tmp_path, "second"), network=changed, start=file, epochs=1, warmup_epochs=0
    ).fitted
    one, two = (inference_model(run.model, run.weights) for run in (first, second))
    assert same(one.get_layer("inception_4a_1x1"), two.get_layer("inception_4a_1x1").get_weights())
    assert not same(one.get_layer("classifier"), two.get_layer("classifier").get_weights())

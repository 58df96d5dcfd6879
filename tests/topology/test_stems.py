"""The table of stems, and what derives from it."""

import pytest

from pipeline.topology.stems import STEMS


@pytest.mark.parametrize(("name", "stride", "with_heads"), [("imagenet", 8, 65), ("small", 2, 17), ("tiny", 1, 9)])
def test_the_stride_and_the_smallest_image_for_heads_follow_from_the_layers(name, stride, with_heads):
    assert STEMS[name].stride == stride
    assert STEMS[name].smallest_with_heads == with_heads


@pytest.mark.parametrize("name", STEMS)
def test_the_network_shrinks_images_as_the_table_says(keras, name):
    from pipeline.model import googlenet

    network = googlenet((72, 96, 3), 2, stem=name, width=0.125)
    entering = network.get_layer("inception_3a_1x1").input.shape[1:3]
    assert entering == (72 // STEMS[name].stride, 96 // STEMS[name].stride)


@pytest.mark.parametrize("name", STEMS)
def test_settings_know_every_stem(root, name):
    from pipeline.config.compose import compose
    from pipeline.config.parse import parse_config

    overrides = [f"model.stem={name}", "data.height=96", "data.width=96"]
    assert parse_config(compose(root, overrides), "conf/").model.stem == name


@pytest.mark.parametrize("name", STEMS)
def test_the_smallest_image_and_the_smallest_for_heads_build(keras, name):
    from pipeline.model import googlenet

    side = STEMS[name].smallest
    assert googlenet((side, side, 1), 2, stem=name, width=0.125).output_shape == (None, 2)
    side = STEMS[name].smallest_with_heads
    heads = googlenet((side, side, 1), 2, stem=name, width=0.125, auxiliary_heads="paper")
    assert heads.output_shape == [(None, 2)] * 3

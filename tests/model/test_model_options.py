"""The network's options: shapes, stems, widths, normalization, refusals."""

import numpy as np
import pytest

SIX = (8, 4, 16, 2, 24, 32)


pytestmark = pytest.mark.usefixtures("keras")


def build(*arguments, **options):
    from pipeline.model import googlenet

    return googlenet(*arguments, **{"width": 0.125, **options})


def outputs(model, images):
    return np.asarray(model(images, training=False))


@pytest.mark.parametrize(
    ("shape", "stem", "last"),
    [
        ((28, 28, 1), "small", (4, 4, 128)),
        ((16, 16, 1), "small", (2, 2, 128)),
        ((48, 20, 3), "small", (6, 3, 128)),
        ((8, 8, 1), "tiny", (2, 2, 128)),
        ((32, 28, 3), "tiny", (8, 7, 128)),
        ((32, 32, 3), "imagenet", (1, 1, 128)),
        ((64, 160, 1), "imagenet", (2, 5, 128)),
    ],
)
def test_any_allowed_shape_of_image_goes_through(shape, stem, last):
    model = build(shape, 3, stem=stem)
    assert tuple(model.get_layer("inception_5b_output").output.shape)[1:] == last
    found = outputs(model, np.full((2, *shape), 200, np.uint8))
    assert found.shape == (2, 3)
    assert np.isfinite(found).all()


@pytest.mark.parametrize("width", [0.125, 0.3, 0.5, 2.0])
def test_width_scales_every_convolution_to_multiples_of_eight(keras, width):
    from pipeline.model import PAPER_FILTERS

    model = build((16, 16, 1), 3, stem="small", width=width)
    convolutions = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
    assert len(convolutions) == 3 + 9 * 6
    for layer, plain in zip(convolutions[:3], (64, 64, 192), strict=True):
        assert abs(layer.filters - plain * width) <= 4
    for block, numbers in PAPER_FILTERS.items():
        filters = model.get_layer(f"{block}_5x5").filters
        assert filters % 8 == 0
        assert filters == max(8, round(numbers[4] * width / 8) * 8)


def test_a_table_of_ones_own_is_followed():
    from pipeline.model import PAPER_FILTERS

    model = build((16, 16, 1), 3, stem="small", width=1.0, filters={**PAPER_FILTERS, "inception_4b": SIX})
    assert model.get_layer("inception_4b_output").output.shape[-1] == 8 + 16 + 24 + 32
    assert model.get_layer("inception_4b_3x3_reduce").filters == 4


def test_batch_normalization_replaces_the_bias_and_takes_the_momentum(keras):
    model = build((16, 16, 1), 3, stem="small", normalization="batch", normalization_momentum=0.7)
    convolutions = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    assert len(norms) == len(convolutions) == 57
    assert not any(layer.use_bias for layer in convolutions)
    assert {layer.momentum for layer in norms} == {0.7}


def test_without_normalization_every_bias_starts_at_two_tenths(keras):
    model = build((16, 16, 1), 3, stem="small")
    convolutions = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
    biases = np.concatenate([keras.ops.convert_to_numpy(layer.bias) for layer in convolutions])
    np.testing.assert_array_equal(biases, np.float32(0.2))
    assert not any(isinstance(layer, keras.layers.BatchNormalization) for layer in model.layers)


def test_without_classifier_activation_it_gives_logits():
    model = build((16, 16, 1), 3, stem="small", classifier_activation=None)
    found = outputs(model, np.full((1, 16, 16, 1), 90, np.uint8))
    logits = model.get_layer("probabilities").input
    assert model.get_layer("classifier").output is logits
    assert abs(float(found.sum()) - 1.0) > 1e-4


def test_an_inception_module_concatenates_its_four_branches_in_the_tables_order(keras):
    from pipeline.model import inception_module

    images = keras.Input((7, 9, 5))
    module = keras.Model(images, inception_module(images, SIX, "module"))
    assert tuple(module.output.shape) == (None, 7, 9, 8 + 16 + 24 + 32)
    inputs = np.linspace(-1, 1, 7 * 9 * 5, dtype=np.float32).reshape(1, 7, 9, 5)
    first = keras.Model(images, module.get_layer("module_1x1").output)
    np.testing.assert_allclose(outputs(module, inputs)[..., :8], outputs(first, inputs), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("filters", [(), SIX[:5], (*SIX, 1), (8, 4, 0, 2, 24, 32), (8, -4, 16, 2, 24, 32)])
def test_filters_that_are_not_six_positive_numbers_are_refused(keras, filters):
    from pipeline.model import inception_module

    with pytest.raises(ValueError, match="module: filters must be six positive numbers"):
        inception_module(keras.Input((7, 7, 5)), filters, "module")


@pytest.mark.parametrize("number", [0, -4])
def test_a_filter_that_is_not_positive_is_refused_at_any_width(number):
    filters = {"inception_3a": (8, 4, number, 2, 24, 32)}
    with pytest.raises(ValueError, match="inception_3a: filters must be six positive numbers"):
        build((16, 16, 1), 3, stem="small", filters=filters, width=0.5)


def test_an_unknown_stem_is_refused_by_name():
    with pytest.raises(ValueError, match="stem must be one of imagenet, small, tiny, got 'large'"):
        build((16, 16, 1), 3, stem="large")

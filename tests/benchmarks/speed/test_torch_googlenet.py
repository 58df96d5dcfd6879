"""The network in PyTorch is the pipeline's."""

import pytest

from pipeline.topology.blocks import PAPER_FILTERS
from pipeline.topology.planned_cost import planned_cost
from pipeline.topology.stems import STEMS


@pytest.mark.parametrize("stem", STEMS)
def test_the_torch_network_has_the_parameters_of_the_keras_network_with_each_stem(stem):
    torch = pytest.importorskip("torch")
    from benchmarks.speed.torch_googlenet import parameter_count, torch_googlenet

    model = torch_googlenet(10, stem, dropout=0.4)
    expected = planned_cost((32, 32, 3), 10, PAPER_FILTERS, stem=stem, normalization="batch")
    assert parameter_count(model) == expected.parameters
    assert model.eval()(torch.zeros(2, 3, 32, 32)).shape == (2, 10)


@pytest.mark.parametrize("stem", STEMS)
def test_the_torch_stem_reduces_images_by_the_stem_s_stride(stem):
    torch = pytest.importorskip("torch")
    from benchmarks.speed.torch_googlenet import stem_layers

    layers, channels = stem_layers(stem)
    side = 64 // STEMS[stem].stride
    assert torch.nn.Sequential(*layers)(torch.zeros(2, 3, 64, 64)).shape == (2, channels, side, side)

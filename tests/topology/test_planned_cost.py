"""Costs computed from filters, beside those counted in built networks."""

import itertools

import pytest

from pipeline.topology.blocks import PAPER_FILTERS
from pipeline.topology.planned_cost import planned_cost
from pipeline.topology.stems import STEMS

SHAPES = {  # a small square image, and an odd oblong one
    "imagenet": [(32, 32, 3), (65, 99, 1)],
    "small": [(16, 16, 1), (33, 47, 3)],
    "tiny": [(8, 8, 3), (9, 21, 1)],
}
WIDTHS = [0.125, 0.3, 1.0]
NORMALIZATIONS = ["none", "lrn", "batch"]
CASES = [
    (stem, shape, width, NORMALIZATIONS[number % 3])
    for stem in STEMS
    for number, (shape, width) in enumerate(itertools.product(SHAPES[stem], WIDTHS))
]


@pytest.mark.parametrize(("stem", "shape", "width", "normalization"), CASES)
def test_planned_costs_are_those_of_the_built_network(keras, stem, shape, width, normalization):
    from pipeline.model import googlenet
    from pipeline.model.measured_cost import measured_cost

    options = {"stem": stem, "normalization": normalization, "width": width}
    built = measured_cost(googlenet(shape, 7, **options).layers)
    planned = planned_cost(shape, 7, PAPER_FILTERS, **options)
    assert planned.parameters == built.parameters
    assert planned.weights == built.weights
    assert planned.multiply_adds == built.multiply_adds


def test_the_published_network_has_its_published_cost():
    planned = planned_cost((224, 224, 3), 1000, PAPER_FILTERS)
    assert planned.parameters == 6_998_552
    assert planned.multiply_adds == pytest.approx(1.58e9, rel=0.01)

"""Costs from filters alone, beside those counted from built networks."""

import pytest

from pipeline.model.arithmetic import planned_cost

NETWORKS = [
    ((224, 224, 3), 1000, {}),
    ((32, 32, 1), 10, {"stem": "small", "normalization": "batch", "width": 0.5}),
    ((33, 47, 3), 7, {"stem": "small", "normalization": "lrn", "width": 0.3}),
    ((65, 99, 3), 3, {"stem": "imagenet", "normalization": "batch", "width": 1.3}),
]


@pytest.mark.parametrize(("shape", "classes", "options"), NETWORKS)
def test_they_are_those_of_the_built_network(shape, classes, options):
    from pipeline.base.quiet import import_tensorflow

    import_tensorflow()
    from pipeline.model import googlenet
    from pipeline.model.cost import cost_of
    from pipeline.model.googlenet import PAPER_FILTERS

    built = cost_of(googlenet(shape, classes, **options).layers)
    planned = planned_cost(shape, classes, PAPER_FILTERS, **options)
    assert (planned.parameters, planned.weights, planned.multiply_adds) == (
        built.parameters, built.weights, built.multiply_adds
    )  # fmt: skip

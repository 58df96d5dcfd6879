"""What a trial may cost."""

import pytest

from pipeline.base.errors import PipelineError


@pytest.fixture
def limits(tune, keras):
    from pipeline.search.limits import CostLimits

    return lambda *overrides: CostLimits(tune(*overrides), (16, 16, 1), 3)


def test_the_configured_network_is_within_its_own_multiply_adds_and_a_wider_one_is_not(limits):
    found = limits("model.width=0.5")
    assert found.exceeded({}) is None
    assert "multiply-adds" in found.exceeded({"inception_3a/width": 1.5})
    assert found.multiply_adds == found.size({})[1]


def test_the_least_of_two_limits_on_multiply_adds_counts(limits):
    assert limits("search.limits.multiply_adds=1000").multiply_adds == 1000
    assert limits("search.limits.multiply_adds=null", "search.limits.relative=null").multiply_adds is None


def test_parameters_are_limited(limits):
    found = limits("model.width=0.5", "search.limits.parameters=1250000")
    assert "parameters are more than search.limits.parameters (1,250,000)" in found.exceeded({})
    assert found.exceeded({"inception_5b/width": 0.25}) is None


def test_latency_is_measured_once_for_networks_that_predict_alike(limits):
    from pipeline.search.cost.network_latency import network_latency_ms

    found = limits("search.limits.latency_ms=0.0001")
    assert "ms for an image" in found.exceeded({})
    assert limits("search.limits.latency_ms=100000").exceeded({}) is None
    alike = [found.config.model.model_copy(update={"dropout": dropout}) for dropout in (0.1, 0.5)]
    first, second = (network_latency_ms(model, found.shape, found.classes) for model in alike)
    assert first == second  # two measurements are never equal to the last digit


def test_a_space_whose_smallest_network_is_too_large_is_refused(limits):
    with pytest.raises(PipelineError, match="not even the smallest network"):
        limits("model.width=1.0", "search.limits.multiply_adds=1000").check_smallest()
    limits("model.width=1.0", "search.limits.relative=0.9").check_smallest()


def test_the_smallest_multipliers_count_too(limits):
    options = ("model.width=1.0", "search.limits.relative=0.05", "search.space.widths=null")
    with pytest.raises(PipelineError, match="not even the smallest"):
        limits(*options).check_smallest()
    narrow = "+search.space.values.narrow={key:model.width,choices:[0.125,1.0]}"
    limits(*options, narrow).check_smallest()


@pytest.mark.parametrize("stem", ["small", "tiny"])
def test_the_size_of_a_trial_is_that_of_its_network(limits, stem):
    from pipeline.model import googlenet
    from pipeline.model.measured_cost import measured_cost
    from pipeline.search.space import apply_values

    found = limits(f"model.stem={stem}", "model.width=0.5", "search.limits.relative=null")
    values = {"inception_3a/width": 1.5, "inception_4c/width": 0.25}
    model = apply_values(found.config, values).model
    options = {"stem": stem, "normalization": model.normalization, "width": model.width, "filters": model.filters}
    built = measured_cost(googlenet((16, 16, 1), 3, **options).layers)
    assert found.size(values) == (built.parameters, built.multiply_adds)


def test_both_views_of_a_saved_model_count(limits):
    one, both = limits().size({}), limits("model.views=mirrored", "recipe.augment.flip=true").size({})
    assert both == (one[0], 2 * one[1])


def test_limits_are_named_by_what_they_allow(limits):
    half, other = (limits("search.limits.relative=0.5", f"model.width={width}") for width in (0.5, 1.0))
    assert half.text() == f"multiply_adds {half.size({})[1] // 2}" != other.text()
    several = limits("search.limits.parameters=1234567", "search.limits.relative=null", "search.limits.latency_ms=1.5")
    assert several.text() == "parameters 1234567, latency_ms 1.5"
    assert limits("search.limits.relative=null").text() == "none"

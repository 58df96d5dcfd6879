"""What a trial's network costs: computed, or measured."""

import json

import pytest

from pipeline.config.schema import model_schema
from pipeline.search.cost import network_latency
from pipeline.topology.blocks import BLOCKS

FEW = ("inception_3a", "inception_5b")
WITHOUT_OTHERS = [f"~model.filters.{block}" for block in BLOCKS if block not in FEW]


@pytest.fixture
def meter(tune, keras, tmp_path):
    """Build the meter of a search; those of one test share their folder."""
    from pipeline.search.cost.trial_cost import CostMeter
    from pipeline.search.limits import CostLimits

    return lambda *overrides: CostMeter(CostLimits(tune(*overrides), (16, 16, 1), 3), tmp_path)


def changed(meter, values):
    from pipeline.search.space import apply_values

    return apply_values(meter.limits.config, values)


def test_multiply_adds_are_computed_and_nothing_is_measured(meter, tmp_path):
    found = meter("model.width=0.5")
    config = changed(found, {"inception_3a/width": 0.5})
    half = found.cost(config)
    assert half.relative == found.limits.size_of(config)[1] / found.limits.size({})[1] < 1
    assert (half.figures(), found.cost(changed(found, {})).relative) == ({}, 1.0)
    assert not list(tmp_path.iterdir())


def test_a_latency_is_measured_once_beside_the_configured_networks_and_kept(meter, tmp_path, monkeypatch):
    monkeypatch.setattr(model_schema, "BLOCKS", FEW)
    monkeypatch.setattr(network_latency, "ROUNDS", 1)
    options, narrow = [*WITHOUT_OTHERS, "search.cost=latency", "search/space=network"], {"width": 0.5}
    first = meter(*options)
    cost = first.cost(changed(first, narrow))
    files = sorted((tmp_path / "latency").glob("*.json"))
    assert len(files) == 2
    assert cost.latency_ms > 0
    later = meter(*options)  # of another process
    assert later.cost(changed(later, narrow | {"dropout": 0.2})) == cost  # which predictions leave out
    configured = later.cost(changed(later, {}))
    assert configured.relative == 1.0
    assert cost.configured_latency_ms == pytest.approx(configured.latency_ms)
    assert sorted((tmp_path / "latency").glob("*.json")) == files
    files[0].write_text(json.dumps({"latency_ms": None, "relative_cost": 1.0}))
    assert later.cost(changed(later, narrow)).latency_ms > 0  # a damaged file is measured again
    assert later.cost(changed(later, {})).relative == 1.0

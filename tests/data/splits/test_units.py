import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.data.splits.units import equal_pairs, linked_units, smallest_connected, split_draw

quick = settings(max_examples=100, deadline=None)


def reachable(nodes, edges, start):
    found, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        fresh = {b for a, b in [*edges, *((b, a) for a, b in edges)] if a == here} - found
        found |= fresh
        waiting += fresh
    return found


@quick
@given(st.integers(1, 12), st.data())
def test_each_node_knows_the_smallest_that_can_be_reached(nodes, data):
    node = st.integers(0, nodes - 1)
    edges = data.draw(st.lists(st.tuples(node, node), max_size=16))
    one, other = np.array(edges, int).reshape(-1, 2).T
    assert smallest_connected(nodes, one, other).tolist() == [min(reachable(nodes, edges, n)) for n in range(nodes)]


@pytest.mark.parametrize("order", [1, -1])
def test_a_long_chain_is_one(order):
    chain = np.random.default_rng(0).permutation(20_000)[::order]
    assert not smallest_connected(20_000, chain[1:], chain[:-1]).any()


def test_a_unit_is_named_for_its_smallest_group_or_else_its_smallest_digest():
    digests = ["d4", "d3", "d2", "d1", "d0"]
    units = linked_units(digests, ["z", "b", None, None, None], np.array([[0, 1], [2, 3]]))
    assert units.names.tolist() == ["group b", "d0", "d1"]
    assert units.of.tolist() == [0, 0, 2, 2, 1]


def test_draws_are_those_of_the_names():
    units = linked_units(["b", "a"], ["g", None])
    assert units.draws(3).tolist() == [split_draw("group g", 3), split_draw("a", 3)]
    assert units.draws(3, "other").tolist() == [split_draw("group g", 3, "other"), split_draw("a", 3, "other")]


def test_draws_are_even_and_those_for_two_purposes_are_independent():
    draws = np.array([split_draw(f"{number:08x}", 7) for number in range(4000)])
    others = np.array([split_draw(f"{number:08x}", 7, "validation 1") for number in range(4000)])
    assert abs(draws.mean() - 0.5) < 0.02
    assert abs((draws < 0.2).mean() - 0.2) < 0.03
    assert abs(np.corrcoef(draws, others)[0, 1]) < 0.05


@quick
@given(st.lists(st.integers(0, 5), max_size=20))
def test_equal_values_are_linked(values):
    pairs = equal_pairs(pd.Series(values, dtype="int64"))
    assert all(values[a] == values[b] for a, b in pairs)
    linked = smallest_connected(len(values), *pairs.T)
    assert linked.tolist() == [values.index(value) for value in values]

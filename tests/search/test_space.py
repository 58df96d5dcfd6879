"""Values of a trial as a network."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.base.errors import PipelineError
from pipeline.search.searched_setting import configured_value
from pipeline.search.space import apply_values, scale_filters, width_names
from pipeline.topology.blocks import BRANCHES, PAPER_FILTERS, scale_width

RATIOS = st.sampled_from([0.1, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 3.0])


@given(st.data(), st.sampled_from([0.125, 0.3, 0.5, 0.75, 1.0, 1.6]))
def test_searched_filters_are_multiples_of_8_with_reductions_no_wider_than_their_convolutions(data, width):
    drawn = {block: data.draw(st.lists(RATIOS, min_size=6, max_size=6)) for block in PAPER_FILTERS}
    table = scale_filters(PAPER_FILTERS, width, lambda block, branch: drawn[block][BRANCHES.index(branch)])
    for block, numbers in table.items():
        wide = [scale_width(number, width) for number in numbers]
        before = [scale_width(number, width) for number in PAPER_FILTERS[block]]
        assert all(number % 8 == 0 and number >= 8 for number in wide)
        assert wide[1] <= max(wide[2], before[1])
        assert wide[3] <= max(wide[4], before[3])
        for number, old, ratio in zip(wide, before, drawn[block], strict=True):
            assert number <= max(8, round(old * ratio / 8) * 8)


@given(st.sampled_from([0.125, 0.5, 1.0, 1.6]))
def test_a_ratio_of_one_leaves_the_table_as_it_is(width):
    assert scale_filters(PAPER_FILTERS, width, lambda block, branch: 1.0) == {
        k: list(v) for k, v in PAPER_FILTERS.items()
    }


def test_no_values_are_the_configured_network(tune):
    config = tune()
    assert apply_values(config, {}) == config.without_search()


@pytest.mark.parametrize(("space", "count"), [("network", 1), ("blocks", 9), ("branches", 54), ("recipe", 9)])
def test_a_space_has_a_ratio_for_what_varies_together(tune, space, count):
    config = tune(f"search/space={space}")
    assert len(width_names(config.search.space, list(config.model.filters))) == count


def test_one_width_for_the_network_is_the_models_own(tune):
    config = tune("search/space=network")
    changed = apply_values(config, {"width": 0.5, "dropout": 0.2})
    assert (changed.model.width, changed.model.dropout) == (0.0625, 0.2)
    assert changed.model.filters == config.model.filters


def test_a_block_and_a_branch_change_alone(tune):
    changed = apply_values(tune("model.width=1.0"), {"inception_4b/width": 0.5}).model.filters
    assert changed["inception_4b"] == [80, 56, 112, 16, 32, 32]  # 12 rounds to 16, the nearest even multiple of 8
    assert changed["inception_4a"] == list(PAPER_FILTERS["inception_4a"])
    branch = apply_values(tune("model.width=1.0", "search/space=branches"), {"inception_4b/3x3": 0.25})
    assert branch.model.filters["inception_4b"] == [160, 56, 56, 24, 64, 64]  # the reduction is cut to its convolution


def test_values_of_the_recipe_are_set_in_their_types(tune):
    config = tune("search/space=recipe", "+search.space.values.batch={key:recipe.batch_size,choices:[8,16]}")
    changed = apply_values(config, {"learning_rate": 0.0031234567, "batch": 16.0}).recipe
    assert changed.learning_rate == 0.00312346
    assert changed.batch_size == 16
    assert isinstance(changed.batch_size, int)


def test_trials_have_their_own_number_of_epochs(tune):
    assert apply_values(tune("search.epochs=7"), {}).recipe.epochs == 7


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("recipe.learning_rat", "'recipe.learning_rat' is not a key"),
        ("data.height", "cannot be searched"),
        ("model.filters", "cannot be searched"),
        ("model.freeze", "cannot be searched"),
    ],
)
def test_a_key_that_cannot_be_searched_is_refused(tune, key, expected):
    config = tune(f"+search.space.values.odd={{key:{key},choices:[1,2]}}")
    with pytest.raises(PipelineError, match=expected):
        configured_value(config, config.search.space.values["odd"])

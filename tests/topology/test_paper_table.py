"""Every row of the paper's Table 1, equal within rounding or different for a stated reason."""

import pytest

from pipeline.base.tensorflow_import import import_tensorflow

# What the table's own filters give, where the published figures are others: weights, multiply-adds.
DIFFERENT = {
    "convolution 1": (7 * 7 * 3 * 64, 7 * 7 * 3 * 64 * 112 * 112),
    "inception 4a": (375_552, 375_552 * 196),
    "inception 4c": (509_440, 509_440 * 196),
    "inception 4d": (604_672, 604_672 * 196),
    "inception 4e": (867_328, 867_328 * 196),
    "inception 5a": (1_042_432, 1_042_432 * 49),
    "inception 5b": (1_442_816, 1_442_816 * 49),
}


@pytest.fixture(scope="module")
def compared():
    import_tensorflow()
    from pipeline.model import googlenet
    from pipeline.model.network_parts import network_parts
    from pipeline.topology.paper_table import compare_with_paper

    network = googlenet(normalization="lrn", auxiliary_heads="paper")
    return {row.published.part: row for row in compare_with_paper(network_parts(network))}


def test_every_output_has_the_published_size(compared):
    assert {part: row.output for part, row in compared.items()} == {
        part: row.published.output for part, row in compared.items()
    }


def test_rows_agree_or_are_explained_and_never_both(compared):
    for part, row in compared.items():
        assert row.agrees == (not row.published.difference), part
    assert {part for part, row in compared.items() if not row.agrees} == set(DIFFERENT)


@pytest.mark.parametrize("part", DIFFERENT)
def test_a_row_that_differs_has_what_the_published_filters_give(compared, part):
    assert (compared[part].weights, compared[part].multiply_adds) == DIFFERENT[part]


@pytest.mark.parametrize("part", [part for part in DIFFERENT if part not in ("convolution 1", "inception 5a")])
def test_the_operations_of_most_differing_rows_agree(compared, part):
    row = compared[part]
    assert abs(row.multiply_adds / 1e6 - row.published.megaops) < 1


def test_the_first_convolution_is_counted_as_two_of_seven_by_one(compared):
    row = compared["convolution 1"].published
    assert pytest.approx(row.kiloweights, abs=0.05) == 2 * 7 * 3 * 64 / 1000
    assert pytest.approx(row.megaops, abs=0.5) == 2 * 7 * 3 * 64 * 112 * 112 / 1e6


def test_the_totals_are_the_papers(compared):
    published = [row.published for row in compared.values() if row.published.kiloweights]
    assert sum(row.kiloweights for row in published) == pytest.approx(6_798, abs=1)
    assert sum(row.megaops for row in published) == pytest.approx(1_502, abs=1)
    assert sum(row.weights for row in compared.values()) == 6_990_272
    assert sum(row.multiply_adds for row in compared.values()) == pytest.approx(1.58e9, rel=0.01)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.base.errors import PipelineError
from pipeline.lifecycle import champion_moves
from pipeline.lifecycle.champion_moves import earlier_champions, promote_version, roll_back
from pipeline.lifecycle.version_record import FORCED
from pipeline.registry.ledger import LONGEST_TEXT, AliasMove, read_ledger
from tests.lifecycle.conftest import BY_HAND, FIRST, NAME, WORSE


def promote(registry, number, *, force=False, reason="because"):
    return promote_version(registry, registry.get_model_version(NAME, str(number)), "champion", reason, force=force)


def champion(registry):
    number = registry.get_registered_model(NAME).aliases.get("champion")
    return number and int(number)


def test_a_version_that_earned_it_is_promoted_with_its_evidence(registry, add_version):
    number = add_version(FIRST, gate__accuracy="0.95, at least 0.9: passed", git__commit="abc")
    move = promote(registry, number)
    assert (champion(registry), move.forced, move.evidence["commit"]) == (number, False, "abc")
    assert promote(registry, number) is None
    assert read_ledger(NAME) == [move]


def test_where_a_person_decides_no_force_is_needed(registry, add_version):
    assert promote(registry, add_version(BY_HAND)).forced is False


@pytest.mark.parametrize(
    ("verdict", "tags", "why"),
    [
        (WORSE, {}, "did not become champion by the rule: it is not better"),
        (FIRST, {"gate__accuracy": "0.8, at least 0.9: missed"}, "misses the gate's accuracy"),
        (None, {}, "no record of a comparison"),
    ],
)
def test_a_forced_promotion_is_marked_for_ever(registry, add_version, verdict, tags, why):
    promote(registry, add_version(FIRST))
    number = add_version(verdict, **tags)
    with pytest.raises(PipelineError, match=f"{why}.*--force"):
        promote(registry, number)
    assert (champion(registry), len(read_ledger(NAME))) == (1, 1)
    move = promote(registry, number, force=True, reason="the other one\nis broken")
    assert (champion(registry), move.forced) == (number, True)
    assert why in move.evidence["objection"]
    assert registry.get_model_version(NAME, str(number)).tags[FORCED] == "the other one is broken" == move.reason


def test_a_long_reason_is_cut_alike_in_ledger_and_tag(registry, add_version):
    promote(registry, add_version(FIRST))
    move = promote(registry, add_version(None), force=True, reason="x" * 4000)
    assert registry.get_model_version(NAME, "2").tags[FORCED] == move.reason == read_ledger(NAME)[-1].reason
    assert len(move.reason) == LONGEST_TEXT


def test_a_first_champion_of_an_older_store_needs_no_force_unless_it_misses_the_gate(registry, add_version):
    missed = add_version(None, gate__accuracy="0.8, at least 0.9: missed")
    with pytest.raises(PipelineError, match="misses the gate's accuracy"):
        promote(registry, missed)
    assert promote(registry, add_version(None)).forced is False


def test_a_champion_that_moves_meanwhile_is_not_rolled_back(registry, add_version, monkeypatch):
    for number in (1, 2, 3):
        add_version(FIRST)
        promote(registry, number)
    counted = champion_moves.version_numbers

    def meanwhile(client, name):
        promote(registry, 1, reason="by somebody else")
        return counted(client, name)

    monkeypatch.setattr(champion_moves, "version_numbers", meanwhile)
    with pytest.raises(PipelineError, match="champion of flowers was moved to version 1 just now by somebody else"):
        roll_back(registry, NAME, "champion", "3 fails")
    assert champion(registry) == 1


def test_rollback_goes_back_step_by_step_and_not_forth(registry, add_version):
    for number in (1, 2, 3):
        add_version(FIRST)
        promote(registry, number)
    assert roll_back(registry, NAME, "champion", "3 fails").after == 2
    assert roll_back(registry, NAME, "champion", "2 fails too").after == 1
    with pytest.raises(PipelineError, match="no version was champion of flowers before version 1"):
        roll_back(registry, NAME, "champion", "1 fails too")
    assert promote(registry, 3).after == 3
    assert roll_back(registry, NAME, "champion", "3 still fails").after == 1


def test_rollback_to_a_number_takes_earlier_champions_that_exist(registry, add_version):
    for number in (1, 2, 3):
        add_version(FIRST)
        promote(registry, number)
    add_version(WORSE)
    for target, message in ((4, "no earlier champion.*there are: 2, 1"), (3, "is champion already"), (9, "no earlier")):
        with pytest.raises(PipelineError, match=message):
            roll_back(registry, NAME, "champion", "why", target)
    registry.delete_model_version(NAME, "2")
    assert roll_back(registry, NAME, "champion", "3 fails").after == 1


def test_a_champion_whose_version_was_deleted_is_rolled_back(registry, add_version):
    for number in (1, 2, 3, 4):
        add_version(FIRST)
        promote(registry, number)
    roll_back(registry, NAME, "champion", "4 fails")
    for number in ("3", "2"):
        registry.delete_model_version(NAME, number)
    assert champion(registry) is None
    assert roll_back(registry, NAME, "champion", "3 is gone").after == 1
    assert champion(registry) == 1


def test_without_a_champion_there_is_nothing_to_roll_back(registry, add_version):
    add_version(FIRST)
    with pytest.raises(PipelineError, match="flowers has no champion"):
        roll_back(registry, NAME, "champion", "why")


@given(st.lists(st.one_of(st.integers(1, 5), st.just("rollback"))))
def test_what_was_rolled_back_from_comes_back_only_by_promotion(steps):
    moves, position, left = [], None, set()
    for step in steps:
        if step == "rollback":
            earlier = earlier_champions(moves, "champion", position)
            if not earlier:
                continue
            left.add(position)
            moves.append(AliasMove("champion", position, earlier[0], "rollback", "why"))
        elif step != position:
            moves.append(AliasMove("champion", position, step, "promote", "why"))
            left.discard(step)
        position = moves[-1].after if moves else None
    if position is not None:
        found = earlier_champions(moves, "champion", position)
        assert position not in found
        assert not left & set(found)
        assert len(found) == len(set(found))

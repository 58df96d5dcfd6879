import json
import subprocess

import mlflow
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mlflow.exceptions import MlflowException

from pipeline.base.errors import PipelineError
from pipeline.registry.aliases import AliasMovedError, alias_position, move_alias, unrecorded_moves
from pipeline.registry.author import author
from pipeline.registry.ledger import LEDGER, LONGEST_VALUE, OUTSIDE, append_move, read_ledger, unreadable_moves


class Killed(BaseException):
    """What happens to a process at any instant."""


def position(name, alias="champion"):
    return alias_position(mlflow.MlflowClient().get_registered_model(name), alias)


def story(name):
    return [(move.before, move.after, move.action) for move in read_ledger(name)]


def test_a_move_is_made_and_recorded_with_who_why_and_evidence(versions, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "ann")
    move = move_alias(versions, "champion", 2, action="promote", reason="better", evidence={"accuracy": 0.9})
    assert position(versions) == 2
    assert read_ledger(versions) == [move]
    assert (move.before, move.after, move.action, move.reason) == (None, 2, "promote", "better")
    assert (move.evidence, move.forced, move.who) == ({"accuracy": 0.9}, False, "ann")
    assert move.when.endswith("+00:00")


def test_a_move_to_where_it_is_already_is_none(versions):
    move_alias(versions, "champion", 2, action="promote", reason="better")
    assert move_alias(versions, "champion", 2, action="promote", reason="again") is None
    assert len(read_ledger(versions)) == 1


def test_an_alias_is_removed(versions):
    move_alias(versions, "champion", 2, action="promote", reason="better")
    move_alias(versions, "champion", None, action="remove", reason="retired")
    assert position(versions) is None
    assert story(versions) == [(None, 2, "promote"), (2, None, "remove")]


def test_a_version_that_does_not_exist_is_neither_recorded_nor_pointed_to(versions):
    with pytest.raises(MlflowException):
        move_alias(versions, "champion", 9, action="promote", reason="typo")
    assert (position(versions), read_ledger(versions)) == (None, [])


def test_a_move_by_hand_shows_and_the_next_move_records_it(versions, registry):
    move_alias(versions, "champion", 1, action="promote", reason="first")
    registry.set_registered_model_alias(versions, "champion", "3")
    (shown,) = unrecorded_moves(registry.get_registered_model(versions))
    assert (shown.before, shown.after, shown.action, shown.who, shown.when) == (1, 3, OUTSIDE, "unknown", "")
    move_alias(versions, "champion", 2, action="promote", reason="second")
    assert story(versions) == [(None, 1, "promote"), (1, 3, OUTSIDE), (3, 2, "promote")]
    assert unrecorded_moves(registry.get_registered_model(versions)) == []


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", ["set_registered_model_tag", "set_registered_model_alias"])
def test_a_killed_move_is_completed_and_recorded_once(versions, monkeypatch, step, after):
    move_alias(versions, "champion", 1, action="promote", reason="first")
    real = getattr(mlflow.MlflowClient, step)

    def killed(self, *arguments):
        if after:
            real(self, *arguments)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(mlflow.MlflowClient, step, killed)
        with pytest.raises(Killed):
            move_alias(versions, "champion", 2, action="promote", reason="second")
    move_alias(versions, "champion", 2, action="promote", reason="second")
    assert position(versions) == 2
    assert story(versions) == [(None, 1, "promote"), (1, 2, "promote")]


@pytest.mark.parametrize("reason", ["second", "second, once more"])
def test_a_move_that_was_undone_by_hand_is_recorded_again_whoever_makes_it(versions, registry, reason):
    move_alias(versions, "champion", 1, action="promote", reason="first")
    move_alias(versions, "champion", 2, action="promote", reason="second")
    registry.set_registered_model_alias(versions, "champion", "1")
    made = move_alias(versions, "champion", 2, action="promote", reason=reason)
    assert (made, position(versions)) == (read_ledger(versions)[-1], 2)
    assert story(versions)[1:] == [(1, 2, "promote"), (2, 1, OUTSIDE), (1, 2, "promote")]


def test_an_alias_that_is_elsewhere_than_expected_is_not_moved(versions):
    move_alias(versions, "champion", 1, action="promote", reason="first", expected={None})
    with pytest.raises(AliasMovedError, match="champion of flowers was moved to version 1 just now") as caught:
        move_alias(versions, "champion", 2, action="promote", reason="second", expected={None, 3})
    assert (caught.value.position, position(versions), len(read_ledger(versions))) == (1, 1, 1)
    move_alias(versions, "champion", 2, action="promote", reason="second", expected={1})
    assert position(versions) == 2


def test_a_folder_that_cannot_be_written_is_one_sentence(versions, tmp_path):
    (tmp_path / "mlflow.db.lock").mkdir()
    with pytest.raises(PipelineError, match=r"the registry cannot be changed: .*mlflow\.db\.lock"):
        move_alias(versions, "champion", 1, action="promote", reason="first")


@given(
    targets=st.lists(
        st.tuples(st.sampled_from(["champion", "candidate"]), st.sampled_from([None, 1, 2, 3])), max_size=6
    )
)
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_the_ledger_leads_to_where_the_aliases_are(registry, targets):
    name = f"flowers-{len(registry.search_registered_models())}"
    registry.create_registered_model(name)
    for _ in range(3):
        registry.create_model_version(name, "file:///nowhere")
    for alias, version in targets:
        move_alias(name, alias, version, action="promote", reason="drawn")
    ledger = read_ledger(name)
    assert [move.when for move in ledger] == sorted({move.when for move in ledger})
    for alias in ("champion", "candidate"):
        moves = [move for move in ledger if move.alias == alias]
        assert [move.after for move in moves[:-1]] == [move.before for move in moves[1:]]
        assert position(name, alias) == (moves[-1].after if moves else None)


def test_later_is_later_even_if_the_clock_was_set_back(versions):
    first = move_alias(versions, "champion", 1, action="promote", reason="first")
    future = append_move(versions, type(first)(**{**vars(first), "when": ""}), type(first)(
        **{**vars(first), "when": "2999-01-01T00:00:00.000000+00:00"}
    ))  # fmt: skip
    move_alias(versions, "champion", 2, action="promote", reason="second")
    assert read_ledger(versions)[-1].after == 2
    assert read_ledger(versions)[-1].when > future.when


def test_whatever_is_written_fits_into_a_tag(versions, registry):
    evidence = {f"key {number}": "long " * 300 for number in range(9)}
    move_alias(versions, "champion", 1, action="promote", reason="very\nlong 日本 " * 500, evidence=evidence)
    (value,) = [text for key, text in registry.get_registered_model(versions).tags.items() if key.startswith(LEDGER)]
    assert len(value) <= LONGEST_VALUE
    assert json.loads(value)["after"] == 1
    assert "\n" not in read_ledger(versions)[0].reason


def test_the_author_is_gits_user_where_the_server_has_none(tmp_path, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_USERNAME", raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.chdir(tmp_path)
    assert "@" in author()
    for key, value in (("user.name", "Ann Ö"), ("user.email", "ann@example.org")):
        subprocess.run(["git", "config", "--global", key, value], check=True)
    assert author() == "Ann Ö <ann@example.org>"


STAMPED = f"{LEDGER}20260101T000000000000Z."


def test_tags_that_are_no_record_stop_nothing_and_are_counted(versions, registry):
    move = move_alias(versions, "champion", 2, action="promote", reason="better")
    (record,) = [
        json.loads(value)
        for key, value in registry.get_registered_model(versions).tags.items()
        if key.startswith(LEDGER)
    ]
    damaged = [
        "",
        "see wiki",
        "[]",
        "null",
        "{}",
        *({**record, "when": when} for when in ("", "soon", "2026-01-01", 5)),
    ]
    damaged += [{**record, "after": "2"}, {**record, "evidence": None}]
    registry.set_registered_model_tag(versions, f"{LEDGER}note", "see wiki")
    for number, value in enumerate(damaged):
        text = value if isinstance(value, str) else json.dumps(value)
        registry.set_registered_model_tag(versions, f"{STAMPED}{number:08x}", text)
    assert read_ledger(versions) == [move]
    assert unreadable_moves(registry.get_registered_model(versions)) == len(damaged)
    assert move_alias(versions, "champion", 3, action="promote", reason="best").before == 2


def test_fields_of_a_later_version_of_this_project_are_left_out(versions, registry):
    value = {"alias": "champion", "before": None, "after": 1, "action": "promote", "reason": "", "colour": "red",
             "when": "2026-01-01T00:00:00.000000+00:00"}  # fmt: skip
    registry.set_registered_model_tag(versions, f"{STAMPED}00000000", json.dumps(value))
    registry.set_registered_model_alias(versions, "champion", "1")
    assert [move.after for move in read_ledger(versions)] == [1]

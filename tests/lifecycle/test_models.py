"""`python -m pipeline.models` with a registry in a file."""

import json

import pytest

from tests.lifecycle.conftest import FIRST, NAME, WORSE

COMMAND = "pipeline.models"


@pytest.fixture
def models(command, project, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "ann")

    def run(*arguments):
        ended = command(project, COMMAND, *arguments)
        assert "Traceback" not in ended.errors
        return ended

    return run


@pytest.fixture
def story(models, add_version, registry):
    """Two versions: the champion, and a candidate that is not better."""
    add_version(FIRST, test__accuracy="0.95", git__commit="a" * 40, gate__accuracy="0.9500, at least 0.9: passed")
    add_version(WORSE, test__accuracy="0.94", git__commit="b" * 40)
    assert models("promote", f"{NAME}/1", "--reason", "the first").code == 0
    registry.set_registered_model_alias(NAME, "candidate", "2")
    return models


def test_list_show_and_diff_say_what_there_is(story):
    assert story("list").output.splitlines()[1].split("\t")[:4] == [NAME, "2", "candidate → 2, champion → 1", "0.9500"]
    (row,) = json.loads(story("list", "--json").output)
    assert (row["aliases"], row["accuracy"]) == ({"candidate": 2, "champion": 1}, 0.95)
    shown = story("show").output
    assert f"{NAME} version 1" in shown
    assert "0.9500, at least 0.9: passed" in shown
    assert f"--model models:/{NAME}@champion" in shown
    facts = json.loads(story("show", "@candidate", "--json").output)
    assert (facts["number"], facts["aliases"], facts["champion"]) == (2, ["candidate"], WORSE["reason"])
    lines = [line.split("\t") for line in story("diff", "/1", "/2").output.splitlines()]
    assert ["test accuracy", "0.95", "0.94"] in lines
    assert lines[-1] == [f"image by image: python -m pipeline.compare models:/{NAME}/1 models:/{NAME}/2"]


def test_a_promotion_against_the_rule_needs_force_and_can_be_rolled_back(story):
    refused = story("promote", "--reason", "try")
    assert (refused.code, refused.output) == (1, "")
    assert "--force promotes it all the same" in refused.errors
    assert story("promote", "--reason", " ", "--force").errors.startswith("error: --reason is empty")
    assert story("promote", "--reason", "urgent", "--force").output == (
        f"{NAME} version 2 is champion now, before it version 1 (forced)\n"
    )
    assert story("rollback", "--reason", "it fails").output == (
        f"{NAME} version 1 is champion again, before it version 2\n"
    )
    moves = json.loads(story("history", "@champion", "--json").output)
    assert [(move["before"], move["after"], move["action"], move["forced"], move["who"]) for move in moves] == [
        (None, 1, "promote", False, "ann"),
        (1, 2, "promote", True, "ann"),
        (2, 1, "rollback", False, "ann"),
    ]
    table = story("history").output
    assert "promote (forced)\turgent" in table
    assert "not recorded\tunknown\tcandidate\t– → 2\toutside" in table


def test_what_people_tag_stops_no_command(story, registry):
    registry.set_registered_model_tag(NAME, "ledger.note", "see wiki")
    registry.set_registered_model_tag(NAME, "ledger.20260101T000000000000Z.00000000", "see wiki")
    registry.set_model_version_tag(NAME, "1", "test.note", "good one")
    for arguments in (["list"], ["show", "/1"], ["diff", "/1", "/2"], ["history"]):
        assert story(*arguments).code == 0
    assert story("history").errors == f"left out, since the tags that record them are damaged: 1 of {NAME}'s moves\n"
    assert "note" not in json.loads(story("show", "/1", "--json").output)["figures"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["show", "flower"], "no model is registered as 'flower' (did you mean 'flowers'?); there are: flowers"),
        (["show", "/9"], "flowers has no version 9; there are: 1, 2"),
        (["show", "@chempion"], "flowers has no alias 'chempion'; there are: candidate, champion"),
        (["diff", "/1", "a/b/c"], "'a/b/c' names no registered model"),
        (["history", "/1"], "history takes a registered model or an alias"),
        (["rollback", "/1", "--reason", "x"], "rollback takes a registered model, not one of its versions"),
        (["rollback", "--to", "2", "--reason", "x"], "flowers version 2 is no earlier champion to roll back to"),
    ],
)
def test_what_is_not_there_is_one_sentence(story, arguments, message):
    ended = story(*arguments)
    assert (ended.code, ended.output) == (1, "")
    assert ended.errors.startswith(f"error: {message}")
    assert ended.errors.count("\n") == 1


def test_without_a_store_or_a_model_it_says_so(models, project):
    assert "no model is registered here" in models("list").output
    assert models("show").errors == "error: no model is registered as 'flowers'; the registry is empty\n"
    (project / "mlflow.db").unlink()
    assert models("list").errors.startswith("error: there is no MLflow store here yet; dvc repro makes it")
    assert not (project / "mlflow.db").exists()


def test_a_server_that_is_down_is_one_sentence(models, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    ended = models("history")
    waiting, sentence = ended.errors.splitlines()
    assert (ended.code, waiting) == (1, "waiting for the MLflow server at http://127.0.0.1:9")
    assert sentence.startswith("error: no MLflow server answers at http://127.0.0.1:9")


def test_unknown_arguments_end_with_two(models):
    assert models("promote").code == 2
    assert models("demote").code == 2

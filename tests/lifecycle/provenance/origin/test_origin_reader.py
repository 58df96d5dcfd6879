"""`models trace`: what is recorded, what is unknown, and the networks that a model was made from."""

import json
from pathlib import Path

import mlflow
import pytest
from mlflow.utils.file_utils import local_file_uri_to_path

from pipeline.base.git.git_command import git
from pipeline.lifecycle.provenance.origin.origin_reader import read_origin

MODELS = "pipeline.models"
TAGS = {
    "git.commit": "1" * 40,
    "git.dirty": "true",
    "data.digest": "2" * 16,
    "test.accuracy": "0.97",
    "test.images": "359",
    "test.digest": "3" * 64,
    "environment.python": "3.11.7",
    "environment.cpu": "x86_64 avx2",
    "tuned.search": "abc",
    "tuned.trial": "7",
}


def test_what_is_recorded_is_shown(small_project, register, command):
    register(tags=TAGS)
    ended = command(small_project, MODELS, "trace", "googlenet-digits/1", "--json")
    assert (ended.code, ended.errors) == (0, "")
    origin = json.loads(ended.output)
    assert (origin["commit"], origin["dirty"], origin["model_digest"]) == ("1" * 40, True, "d" * 64)
    assert (origin["test"]["accuracy"], origin["test"]["digest"]) == ("0.97", "3" * 64)
    assert origin["environment"]["cpu"] == "x86_64 avx2"
    assert origin["search"] == {"search": "abc", "trial": "7"}
    assert origin["data"]["name"] == "digits"
    text = command(small_project, MODELS, "trace").output
    assert "with changes in code or conf/ that are in no commit" in text
    assert "python -m pipeline.models rebuild googlenet-digits/1" in text
    assert f"git checkout --detach {'1' * 40}" in text


def test_what_was_not_recorded_is_unknown(small_project, register, command):
    register(tags={"git.commit": "none", "git.dirty": "unknown"})
    ended = command(small_project, MODELS, "trace")
    assert (ended.code, ended.errors) == (0, "")
    assert "unknown: the project was in no git repository" in ended.output
    origin = json.loads(command(small_project, MODELS, "trace", "--json").output)
    assert (origin["commit"], origin["dirty"], origin["commands"], origin["environment"]) == (None, None, [], {})


@pytest.mark.parametrize("content", [b"\xff", b"[}"])
def test_damaged_settings_in_the_store_are_one_sentence(small_project, register, command, content):
    version = register(tags=TAGS)
    settings = Path(local_file_uri_to_path(mlflow.get_run(version.run_id).info.artifact_uri)) / "params.yaml"
    settings.write_bytes(content)
    for arguments in (["trace"], ["rebuild", "googlenet-digits/1"]):
        ended = command(small_project, MODELS, *arguments)
        assert ended.code == 1
        assert f"params.yaml of googlenet-digits version 1 in MLflow run {version.run_id} is damaged" in ended.errors


@pytest.mark.parametrize("commit", ["--output=stolen", "1; touch stolen", "HEAD"])
def test_a_commit_that_is_no_digest_is_given_to_no_command(small_project, register, command, commit):
    """Whoever may write to the store sets the tag."""
    register(tags={**TAGS, "git.commit": commit})
    for arguments in (["trace"], ["trace", "--json"], ["rebuild", "googlenet-digits/1"]):
        ended = command(small_project, MODELS, *arguments)
        assert "git checkout" not in ended.output
    assert ended.code == 1
    assert ended.errors.splitlines()[-1].endswith("cannot be rebuilt: the commit is not recorded")
    assert not list(small_project.glob("stolen*"))


def test_parents_are_traced_to_their_own(small_project, register, command):
    register("a" * 64, {"git.commit": "4" * 40})
    register("b" * 64, {"init_from.digest": "a" * 16, "init_from.version": "googlenet-digits/1"})
    tags = {"ensemble.1.digest": "b" * 16, "ensemble.1.version": "googlenet-digits/2", "ensemble.2.digest": "c" * 16}
    version = register("c" * 64, tags)
    origin = read_origin(mlflow.MlflowClient(), version, small_project)
    first, second = origin.parents
    assert (first.role, first.version, second.role, second.version) == (
        "ensemble.1",
        "googlenet-digits/2",
        "ensemble.2",
        None,
    )
    assert first.origin.parents[0].origin.commit == "4" * 40
    text = command(small_project, MODELS, "trace", "googlenet-digits/3").output
    assert "a file that is not registered" in text
    mlflow.MlflowClient().delete_model_version("googlenet-digits", "1")
    assert read_origin(mlflow.MlflowClient(), version, small_project).parents[0].origin.parents[0].origin is None


def test_parents_that_name_one_another_end_somewhere(small_project, register):
    version = register("a" * 64, {"init_from.digest": "a" * 16, "init_from.version": "googlenet-digits/1"})
    origin, depth = read_origin(mlflow.MlflowClient(), version, small_project), 0
    while origin:
        origin, depth = origin.parents[0].origin, depth + 1
    assert depth == 11


def test_a_search_of_an_older_run_is_found_in_its_commit(small_project, register):
    import yaml

    values = yaml.safe_load((small_project / "params.yaml").read_text())
    values["model"]["name"] = "tuned"
    (small_project / "params.yaml").write_text(yaml.safe_dump(values))
    (small_project / "conf/model").mkdir()
    (small_project / "conf/model/tuned.yaml").write_text(
        "# search: abc\n# trial: 12\n# date: 2026-01-01\nname: tuned\n"
    )
    for arguments in (
        ["init", "-q"],
        ["add", "conf"],
        ["-c", "user.name=a", "-c", "user.email=b", "commit", "-qm", "c"],
    ):
        git(small_project, *arguments)
    version = register(tags={"git.commit": git(small_project, "rev-parse", "HEAD")})
    assert read_origin(mlflow.MlflowClient(), version, small_project).search == {"search": "abc", "trial": "12"}


def test_a_run_that_was_deleted_is_still_there(small_project, register, command):
    mlflow.MlflowClient().delete_run(register().run_id)  # MLflow marks it, and keeps it until gc
    assert command(small_project, MODELS, "trace").code == 0


@pytest.mark.parametrize("argument", ["nothing", "googlenet-digits@other"])
def test_what_is_not_there_is_one_sentence(small_project, register, command, argument):
    register()
    for sub_command in ("trace", "rebuild"):
        ended = command(small_project, MODELS, sub_command, argument)
        assert (ended.code, ended.output, len(ended.errors.splitlines())) == (1, "", 1)


def test_no_store_is_one_sentence(small_project, command):
    (small_project / "mlflow.db").unlink()
    ended = command(small_project, MODELS, "trace")
    assert (ended.code, len(ended.errors.splitlines())) == (1, 1)
    assert not (small_project / "mlflow.db").exists()

"""What a model may be called: the real git and DVC, in a small project."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pipeline.base.errors import PipelineError, StoreError
from pipeline.base.paths import PREDICTIONS
from pipeline.evaluation.named_models.evaluated_model import EvaluatedModel
from pipeline.evaluation.named_models.model_reference import LoggedModel, find_model
from tests.evaluated_tables import NAMES, evaluated_table

LOGGED = EvaluatedModel("MLflow run abcdef12", evaluated_table(["cat"], ["cat"]), NAMES)


def run(folder, *command):
    tools = Path(sys.executable).parent
    program = command[0] if command[0] == "git" else str(tools / command[0])
    subprocess.run([program, *command[1:]], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project whose only stage copies a table: two commits, two experiments from the second."""
    folder = tmp_path_factory.mktemp("project")
    stage = {"cmd": f"cp source.parquet {PREDICTIONS}", "deps": ["source.parquet"], "params": ["recipe"]}
    stages = {"stages": {"evaluate": stage | {"outs": [PREDICTIONS]}}}
    (folder / "dvc.yaml").write_text(yaml.safe_dump(stages))
    (folder / PREDICTIONS).parent.mkdir(parents=True)
    run(folder, "git", "init", "-q", "-b", "main")
    run(folder, "dvc", "init", "-q")
    run(folder, "git", "config", "user.name", "tester")
    run(folder, "git", "config", "user.email", "tester@localhost")
    for images, seed in ((3, 0), (4, 1)):
        evaluated_table(["cat"] * images, ["cat"] * images).to_parquet(folder / "source.parquet")
        (folder / "params.yaml").write_text(yaml.safe_dump({"recipe": {"seed": seed}}))
        run(folder, "dvc", "repro", "-q")
        run(folder, "git", "add", "-A")
        run(folder, "git", "commit", "-qm", f"seed {seed}")
    for name in ("owl", "main-2"):
        run(folder, "dvc", "exp", "run", "-q", "-S", f"recipe.seed={len(name)}", "-n", name)
    run(folder, "git", "checkout", "-q", ".")
    run(folder, "git", "branch", "main-2", "HEAD~1")
    return folder


def find(text, root, known=()):
    return find_model(text, root, lambda name: LoggedModel(LOGGED.title, lambda: LOGGED) if name in known else None)


@pytest.mark.parametrize(
    ("text", "title", "images", "seed"),
    [
        ("HEAD", "git revision HEAD (commit ", 4, 1),
        ("HEAD~1", "git revision HEAD~1 (commit ", 3, 0),
        ("main", "git revision main (commit ", 4, 1),
        ("owl", "DVC experiment owl (commit ", 4, 3),
        ("exp:main-2", "DVC experiment main-2 (commit ", 4, 6),
        ("git:main-2", "git revision main-2 (commit ", 3, 0),
    ],
)
def test_revisions_and_experiments_come_from_git_and_dvcs_cache(project, text, title, images, seed):
    model = find(text, project)
    assert model.title.startswith(title)
    assert len(model.table) == images
    assert model.settings == {"recipe.seed": seed}


def test_the_workspace_and_files_are_what_is_there(project):
    assert find("workspace", project).title == "the workspace"
    assert len(find(str(project / "source.parquet"), project).table) == 4


def test_runs_and_versions_are_asked_of_mlflow(project):
    assert find("abcdef12", project, {"abcdef12"}) is LOGGED
    assert find("run:abcdef12", project, {"abcdef12"}) is LOGGED
    assert find("models:/x/1", project, {"models:/x/1"}) is LOGGED


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("main-2", "'main-2' means more than one thing: DVC experiment main-2 .*, git revision main-2 .*; put run:, "),
        ("owls", "'owls' is no MLflow run, DVC experiment or git commit"),
        ("HEAD:params.yaml", "'HEAD:params.yaml' is no MLflow run, DVC experiment or git commit"),
        ("git:HEAD:outputs", "git knows no commit 'git:HEAD:outputs'"),
        ("", "'' names no model"),
        (" ", "' ' names no model"),
        ("git:", "'git:' names no model"),
        ("exp:main", "there is no DVC experiment 'exp:main'"),
        ("git:owls", "git knows no commit 'git:owls'"),
        ("run:123456", "MLflow has no run 'run:123456'"),
        ("none.parquet", "there is no file none.parquet"),
    ],
)
def test_what_is_unknown_or_ambiguous_is_refused_in_one_sentence(project, text, sentence):
    with pytest.raises(PipelineError, match=sentence) as error:
        find(text, project)
    assert "\n" not in str(error.value)


def test_a_run_that_is_also_a_commit_is_ambiguous(project):
    commit = subprocess.run(
        ["git", "rev-parse", "--short=8", "HEAD"], cwd=project, check=True, capture_output=True, text=True
    ).stdout.strip()
    with pytest.raises(PipelineError, match="MLflow run abcdef12, git revision"):
        find(commit, project, {commit})


def test_a_tag_with_a_message_is_its_commit(project):
    run(project, "git", "tag", "-a", "v1", "-m", "first", "HEAD~1")
    assert len(find("v1", project).table) == 3


def test_what_git_or_dvc_knows_is_found_where_mlflow_cannot_be_asked(project):
    def down(name):
        raise StoreError("no MLflow server answers")

    assert find_model("HEAD", project, down).title.startswith("git revision HEAD")
    assert find_model("owl", project, down).title.startswith("DVC experiment owl")
    for text in ("run:HEAD", "owls", "models:/x/1"):
        with pytest.raises(StoreError, match="no MLflow server answers"):
            find_model(text, project, down)


def test_two_runs_that_begin_like_a_commit_are_ambiguous(project):
    def ambiguous(name):
        raise PipelineError("begins the id of several runs")

    with pytest.raises(PipelineError, match="several runs"):
        find_model("HEAD", project, ambiguous)


def test_a_revision_without_predictions_says_how_to_get_them(project):
    shutil.rmtree(project / ".dvc/cache")
    with pytest.raises(PipelineError, match="are neither in DVC's cache nor in a remote; run dvc pull"):
        find("HEAD", project)
    run(project, "git", "rm", "-q", "--cached", "dvc.lock")
    run(project, "git", "commit", "-qm", "no lock")
    with pytest.raises(PipelineError, match=r"are not known: it has no dvc\.lock"):
        find("HEAD", project)
    with pytest.raises(PipelineError, match=r"the workspace has no outputs/evaluate/predictions\.parquet"):
        find("workspace", project / "outputs")

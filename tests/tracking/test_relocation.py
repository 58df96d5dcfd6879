"""A project that is copied or moved: its store writes into its own folder, and finds its files."""

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import mlflow
import pytest

from pipeline.tracking import store
from pipeline.tracking.local_store import ARTIFACTS, STORE, local_uri
from pipeline.tracking.relocation import pending_relocation, relocate
from pipeline.tracking.stored_locations import files_elsewhere

HOSTILE = "My%20Repo #1? ü+'\"q"


@pytest.fixture
def original(tmp_path, config, empty_store):
    """A project's folder whose store has a run with a file, a logged model and a registered version."""
    home = new_project(tmp_path / "original", empty_store)
    log_model(home, config, "the original's")
    return home


def new_project(home, empty_store):
    home.mkdir()
    shutil.copy(empty_store, home)
    relocate(home / STORE, home / ARTIFACTS)
    return home


def open_store(config, home):
    """Open the store as a new process does: MLflow keeps the last one in the environment."""
    os.environ.pop("MLFLOW_TRACKING_URI", None)
    return store.open_store(config.tracking, home)


def log_model(home, config, text):
    """Log a run with a file and a model, and register the model; return the run's id."""
    experiment = open_store(config, home)
    with mlflow.start_run(experiment_id=experiment) as run:
        mlflow.log_text(text, "note.txt")
        model = mlflow.initialize_logged_model("net", source_run_id=run.info.run_id)
        client = mlflow.MlflowClient()
        (home / "weights.keras").write_text(text)
        client.log_model_artifact(model.model_id, str(home / "weights.keras"))
        mlflow.finalize_logged_model(model.model_id, "READY")
    if not client.search_registered_models():
        client.create_registered_model("flowers")
    client.create_model_version("flowers", f"models:/{model.model_id}", run.info.run_id, model_id=model.model_id)
    return run.info.run_id


def note(run_id):
    return mlflow.artifacts.load_text(f"{mlflow.get_run(run_id).info.artifact_uri}/note.txt")


def registered_text(tmp_path, number=1):
    folder = tmp_path / f"download-{number}"
    mlflow.artifacts.download_artifacts(f"models:/flowers/{number}", dst_path=str(folder))
    return next(folder.rglob("*.keras")).read_text()


def only_run():
    (run,) = mlflow.search_runs(search_all_experiments=True, output_format="list")
    return run.info.run_id


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_copy_writes_into_itself_and_leaves_the_original_alone(original, tmp_path, config, capsys):
    before = files(original)
    copy = tmp_path / "copy"
    shutil.copytree(original, copy, symlinks=True)
    run_id = log_model(copy, config, "the copy's")
    assert f"this project was at {original}" in capsys.readouterr().err
    assert note(run_id) == "the copy's"
    assert registered_text(tmp_path, 2) == "the copy's"
    assert files(original) == before
    assert files_elsewhere(copy / STORE, copy / ARTIFACTS) == []
    assert pending_relocation(copy / STORE, copy / ARTIFACTS) is None


@pytest.mark.parametrize("name", ["moved", HOSTILE])
def test_a_moved_project_finds_its_files(original, tmp_path, config, name):
    moved = tmp_path / name
    original.rename(moved)
    assert open_store(config, moved)
    assert mlflow.get_tracking_uri() == local_uri(moved)
    assert note(only_run()) == "the original's"
    assert registered_text(tmp_path) == "the original's"
    assert not original.exists()


def test_a_project_in_a_folder_with_hostile_characters_works_and_moves(tmp_path, config, empty_store):
    home = new_project(tmp_path / HOSTILE, empty_store)
    run_id = log_model(home, config, "hostile")
    assert (note(run_id), registered_text(tmp_path)) == ("hostile", "hostile")
    assert (home / ARTIFACTS).is_dir()
    home.rename(tmp_path / "harmless")
    assert open_store(config, tmp_path / "harmless")
    assert note(run_id) == "hostile"
    assert files(tmp_path)[0] == "download-1"  # no folder under a decoded or encoded name
    assert {path.name for path in tmp_path.iterdir()} == {"download-1", "harmless"}


def test_another_path_to_the_same_folder_changes_nothing(original, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(original)
    before = (original / STORE).read_bytes()
    relocate(link / STORE, link / ARTIFACTS)
    assert (original / STORE).read_bytes() == before


def test_what_is_in_the_old_folder_only_stays_readable(original, tmp_path, config):
    """Somebody copied mlflow.db without its files."""
    copy = tmp_path / "copy"
    copy.mkdir()
    shutil.copy(original / STORE, copy)
    experiment = mlflow.get_experiment(open_store(config, copy))
    assert experiment.artifact_location.startswith((copy / ARTIFACTS).as_uri())
    assert note(only_run()) == "the original's"
    assert files_elsewhere(copy / STORE, copy / ARTIFACTS)


def test_experiments_that_somebody_placed_elsewhere_stay_there(original, tmp_path, config):
    elsewhere = (tmp_path / "disk" / "mlruns" / "mine").as_uri()
    open_store(config, original)
    mlflow.create_experiment("mine", artifact_location=elsewhere)
    original.rename(tmp_path / "moved")
    open_store(config, tmp_path / "moved")
    assert mlflow.get_experiment_by_name("mine").artifact_location == elsewhere


def test_a_store_that_a_server_made_is_recognized_by_its_experiments(original, tmp_path, config):
    with closing(sqlite3.connect(original / STORE)) as database, database:
        database.execute("UPDATE experiments SET artifact_location = 'mlflow-artifacts:/0' WHERE experiment_id = 0")
    original.rename(tmp_path / "moved")
    open_store(config, tmp_path / "moved")
    assert note(only_run()) == "the original's"


def test_a_store_that_cannot_be_written_is_left_with_a_line(original, tmp_path, capsys):
    moved = tmp_path / "moved"
    original.rename(moved)
    before = (moved / STORE).read_bytes()
    (moved / STORE).chmod(0o400)
    moved.chmod(0o500)
    try:
        relocate(moved / STORE, moved / ARTIFACTS)
    finally:
        moved.chmod(0o700)
    if os.geteuid():  # root may write anywhere
        assert "make it writable" in capsys.readouterr().err
        assert (moved / STORE).read_bytes() == before


@pytest.mark.parametrize("relative", ["sqlite:///mlflow.db", "sqlite:///./x/mlflow.db"])
def test_a_relative_address_means_the_projects_store_in_queued_experiments_too(
    relative, tmp_path, config, monkeypatch, empty_store
):
    home, copy = tmp_path / "home", tmp_path / "home/.dvc/tmp/exps/tmp1"
    copy.mkdir(parents=True)
    monkeypatch.chdir(copy)
    monkeypatch.setenv("DVC_ROOT", str(home))
    shutil.copy(empty_store, home)
    for settings in (config.tracking.model_copy(update={"uri": relative}), config.tracking):
        monkeypatch.setenv("MLFLOW_TRACKING_URI", relative)
        experiment = mlflow.get_experiment(store.open_store(settings, copy))
        assert experiment.artifact_location == (home / ARTIFACTS / settings.experiment).as_uri()
    assert (home / relative.removeprefix("sqlite:///")).is_file()
    assert files(copy) == []


@pytest.fixture
def copy_of_a_colleague(empty_store):
    """A copied project, and the original in a folder that this user may not see; as another user than root."""
    me = os.geteuid()
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        original = new_project(top / "original", empty_store)
        shutil.copytree(original, top / "copy")
        if me == 0:
            for path in (top, top / "copy", *(top / "copy").iterdir()):
                os.chown(path, 65534, 65534)
        top.chmod(0o755)
        private = top / "private"
        original.rename(private)
        for table, column in (("experiments", "artifact_location"),):
            with closing(sqlite3.connect(top / "copy" / STORE)) as database, database:
                database.execute(
                    f"UPDATE {table} SET {column} = replace({column}, ?, ?)", (str(original), f"{private}/project")
                )
        private.chmod(0)
        if me == 0:
            os.seteuid(65534)
        try:
            yield top / "copy", private / "project"
        finally:
            os.seteuid(me)
            private.chmod(0o700)


def test_a_copy_of_a_project_in_a_folder_that_may_not_be_seen_is_corrected(copy_of_a_colleague, capsys):
    copy, original = copy_of_a_colleague
    with closing(sqlite3.connect(copy / STORE)) as database, database:
        database.execute(
            "INSERT INTO runs (run_uuid, experiment_id, artifact_uri, status, lifecycle_stage) "
            "VALUES ('a', 0, ?, 'FINISHED', 'active')",
            ((original / ARTIFACTS / "0/a/artifacts").as_uri(),),
        )
    relocate(copy / STORE, copy / ARTIFACTS)
    assert f"this project was at {original}; 2 locations" in capsys.readouterr().err
    assert pending_relocation(copy / STORE, copy / ARTIFACTS) is None
    with closing(sqlite3.connect(copy / STORE)) as database:
        (place,) = database.execute("SELECT artifact_uri FROM runs").fetchone()
    assert place == (copy / ARTIFACTS / "0/a/artifacts").as_uri()


def test_a_store_of_an_earlier_mlflow_without_some_tables_is_corrected(tmp_path, empty_store, capsys):
    home = new_project(tmp_path / "before", empty_store)
    with closing(sqlite3.connect(home / STORE)) as database, database:
        for table in ("logged_models", "trace_tags"):
            database.execute(f"DROP TABLE {table}")
    home.rename(tmp_path / "after")
    store_file, artifacts = tmp_path / "after" / STORE, tmp_path / "after" / ARTIFACTS
    assert pending_relocation(store_file, artifacts)
    relocate(store_file, artifacts)
    assert capsys.readouterr().err == ""  # a store without runs: nothing that anybody looks for has moved
    assert pending_relocation(store_file, artifacts) is None
    assert files_elsewhere(store_file, artifacts) == []

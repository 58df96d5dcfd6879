"""The command of a search whose trials were played: a damaged state, and an earlier result."""

import shutil

import mlflow
import pytest

from pipeline.base.errors import DamagedStateError
from pipeline.base.paths import PREPARED, SEARCH_REPORT

OPTIONS = ["search=grid", "search/space=network", "search.max_trials=3", "search.retrain.top=0"]


@pytest.fixture
def begun(tune, oracle, play, sizes, dataset, empty_store, tmp_path):
    """Return a search whose trials have ended, its project's folder and that of its trials."""
    from pipeline.search.search_key import search_key

    options = [*OPTIONS, f"tracking.uri=sqlite:///{shutil.copy(empty_store, tmp_path / 'mlflow.db')}"]
    config, project = tune(*options), tmp_path / "project"
    (project / PREPARED).parent.mkdir(parents=True)
    (project / PREPARED).symlink_to(dataset.folder)
    place = project / ".search" / search_key(config, dataset.training_digest()) / "trials"
    play(oracle(*options, name=place.relative_to(tmp_path)), sizes)
    return config, project, place


@pytest.mark.parametrize("file", ["oracle.json", "trial_0/trial.json", "trial_0"])
def test_a_damaged_state_leaves_the_report_of_an_earlier_search(begun, file):
    from pipeline import tune

    config, project, place = begun
    report = project / SEARCH_REPORT / "report.html"
    report.parent.mkdir(parents=True)
    report.write_text("an earlier one", encoding="utf-8")
    if (place / file).is_dir():
        shutil.rmtree(place / file)
    else:
        (place / file).write_text("", encoding="utf-8")
    with pytest.raises(DamagedStateError, match=r"the state of the search in .* is damaged"):
        tune.main(config, project)
    assert report.read_text(encoding="utf-8") == "an earlier one"
    [run] = mlflow.search_runs(search_all_experiments=True, output_format="list")
    assert (run.info.status, run.data.metrics) == ("FAILED", {})
    assert mlflow.MlflowClient().list_artifacts(run.info.run_id) == []


def test_the_run_of_a_search_has_its_own_recommendation_beside_an_earlier_one(begun):
    from pipeline import tune
    from pipeline.search.outcome.take_command import take
    from pipeline.search.outcome.tuned_evidence import read_head
    from pipeline.search.outcome.tuned_files import write_tuned_files

    config, project, _ = begun
    [file] = tune.main(config, project).files
    head = read_head(file.read_text(encoding="utf-8"))
    better = "07: val_accuracy 0.9900 ± 0.0010 over 3 seeds; 1.0M multiply-adds"
    write_tuned_files(project, config, {"width": 0.5}, head | {"search": "earlier", "retrained": better})
    [run] = mlflow.search_runs(search_all_experiments=True, output_format="list")
    mlflow.delete_run(run.info.run_id)  # the next start gets another one
    assert tune.main(config, project).files == [file.with_stem("tuned_latest")]
    [run] = mlflow.search_runs(search_all_experiments=True, output_format="list")
    names = {one.path for one in mlflow.MlflowClient().list_artifacts(run.info.run_id)}
    assert {name for name in names if name.startswith("tuned")} == {"tuned_latest.yaml"}
    taken = take(project, "0")
    assert "), better founded, is conf/model/tuned_previous.yaml" in taken.note
    assert (taken.files, read_head(file.read_text(encoding="utf-8"))["run"]) == ([file], run.info.run_id)

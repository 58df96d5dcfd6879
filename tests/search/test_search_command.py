"""The command of a search where its saved state is damaged."""

import shutil

import mlflow
import pytest

from pipeline.base.errors import DamagedStateError
from pipeline.base.paths import PREPARED, SEARCH_REPORT

OPTIONS = ["search=random", "search/space=network", "search.max_trials=3", "search.retrain.top=0"]


@pytest.fixture
def begun(tune, oracle, play, sizes, dataset, empty_store, tmp_path):
    """Return a search that was begun, its project's folder and that of its trials."""
    from pipeline.search.search_key import search_key

    options = [*OPTIONS, f"tracking.uri=sqlite:///{shutil.copy(empty_store, tmp_path / 'mlflow.db')}"]
    config, project = tune(*options), tmp_path / "project"
    (project / PREPARED).parent.mkdir(parents=True)
    (project / PREPARED).symlink_to(dataset.folder)
    place = project / ".search" / search_key(config, dataset.training_digest()) / "trials"
    play(oracle(*options, name=place.relative_to(tmp_path)), sizes, most=2)
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

"""A trial that the user takes from a search whose trials were played."""

import re
import shutil

import pytest
import yaml

from pipeline.base.errors import PipelineError
from pipeline.base.files import write_json
from pipeline.search.outcome.take_command import take
from tests.search.conftest import SMALL

NETWORK = ["search=grid", "search/space=network", "search.max_trials=4", "model.width=0.5"]


@pytest.fixture
def project(root, tmp_path):
    place = tmp_path / "project"
    shutil.copytree(root / "conf", place / "conf")
    for name in ("dvc.yaml", "params.yaml"):
        shutil.copy(root / name, place)
    return place


@pytest.fixture
def searched(tune, oracle, play, project, tmp_path):
    """Play a search in the project: trial 1 fails, 0 has the best score, then narrower ones; return its oracle."""
    from pipeline.search.outcome.search_record import SearchRecord

    def run(*overrides, key="abc"):
        options, folder = [*NETWORK, *overrides], project / ".search" / key
        played = oracle(*options, name=(folder / "trials").relative_to(tmp_path))
        SearchRecord(folder, "run", tune(*options), (16, 16, 1), 3, "digits, digest 1", overrides).save()
        play(played, lambda values: None if len(played.trials) == 2 else 0.9 - 0.01 * len(played.trials))
        return played

    return run


def tuned(project, name="tuned"):
    text = (project / f"conf/model/{name}.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text), text


def test_a_taken_trial_replaces_what_is_better_founded_and_no_resumed_search_replaces_it(tune, searched, project):
    from pipeline.search.outcome.search_record import SearchRecord
    from pipeline.search.outcome.taken_trial import trial_rows
    from pipeline.search.outcome.tuned_files import write_tuned_files

    played, folder = searched(), project / ".search" / "abc"
    record = SearchRecord.load(folder)
    values = trial_rows(played, record.limits)[2].values
    origin = {"search": "abc", "trial": "0", "score": "val_accuracy 0.9900 in its trial", "data": record.data}
    origin["limits"] = record.limits.text()
    write_tuned_files(project, record.config, {}, origin)
    taken = take(project, "2")
    assert taken.command.startswith("dvc exp run -S data.height=16 ")
    assert taken.command.endswith(" -S model=tuned")
    assert "is trial 2 of the search abc, as you chose; the one before (from trial 0, score val_acc" in taken.note
    assert "), better founded, is conf/model/tuned_previous.yaml" in taken.note
    network, text = tuned(project)
    assert "# status: taken by the user\n# search: abc\n# run: run\n# trial: 2\n# score: val_accuracy 0.87" in text
    assert network["width"] == 0.5 * values["width"] < tuned(project, "tuned_previous")[0]["width"]
    for finished in (True, False):
        kept = write_tuned_files(project, record.config, {}, origin, finished=finished)
        assert "tuned.yaml was kept: it is from trial 2" in kept.note
        assert tuned(project)[1] == text
    assert (
        "taken by --take; trial 0 of this search is conf/model/tuned_latest.yaml"
        in write_tuned_files(project, record.config, {}, origin).note
    )


def test_what_is_known_of_a_network_is_written_and_said_with_it(searched, project):
    searched()
    for seed in (1, 2):
        write_json(project / f".search/abc/retrained/3-seed-{seed}.json", {"val_accuracy": 0.8})
    assert "limits" not in take(project, "03").note
    assert "# retrained: 3: val_accuracy 0.8000 ± 0.0000 over 2 seeds" in tuned(project)[1]
    searched("search.limits.relative=0.5", key="def")
    taken = take(project, "configured")
    assert re.search(r"; it is above the limits of the search: [\d,]+ multiply-adds are more than", taken.note)
    assert tuned(project)[0]["width"] == 0.5


def test_the_search_is_the_latest_or_the_one_that_is_named(searched, project):
    searched()
    searched("search.seed=1", key="def")
    assert "of the search def" in take(project, "0").note
    assert "of the search abc" in take(project, "0", [*SMALL, *NETWORK, "search.max_trials=9"]).note
    with pytest.raises(
        PipelineError,
        match=r"no search .* these settings; the last were def: python -m pipeline.tune search.seed=1; abc: ",
    ):
        take(project, "0", [*SMALL, *NETWORK, "search.seed=2"])


def test_a_search_is_named_by_its_arguments_after_an_experiment_with_its_result(searched, project):
    """Such an experiment leaves model=tuned in params.yaml, with which no search could be started."""
    from pipeline.params import main as write_params

    searched("search.seed=1", key="def")
    searched()
    take(project, "0", ["search.seed=1"])
    write_params(project, ["model=tuned"])
    assert "of the search def" in take(project, "2", ["search.seed=1"]).note
    with pytest.raises(PipelineError, match="would overwrite conf/model/tuned"):
        take(project, "2", ["search.seed=3"])


def test_what_cannot_be_taken_gets_a_sentence_that_lists_what_can(searched, project):
    with pytest.raises(PipelineError, match="no search was started in this project"):
        take(project, "0")
    searched()
    for trial, problem in (("1", "trial 1 of the search abc failed: ValueError: bad"), ("77", "has no trial 77")):
        with pytest.raises(PipelineError, match=rf"{problem}.*; on its Pareto front: "):
            take(project, trial)
    assert not (project / "conf/model/tuned.yaml").exists()

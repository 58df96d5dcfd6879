"""A search in a real MLflow store."""

import shutil
import threading

import mlflow
import pytest

from pipeline.base.errors import PipelineError
from pipeline.base.tensorflow_import import import_tensorflow
from pipeline.config.search_compose import compose_search
from pipeline.tracking.running import outbox
from pipeline.tracking.runs.nested import search_runs
from pipeline.tracking.runs.nested.search_log import Entry, SearchLog
from pipeline.tracking.runs.nested.search_runs import SearchRuns
from pipeline.tracking.runs.nested.unsent_file import UnsentFile, read_unsent

EPOCH = {"epoch": 1.0, "loss": 1.0, "accuracy": 0.5, "val_loss": 1.1, "val_accuracy": 0.4, "learning_rate": 0.1}


class Data:
    """What SearchRuns needs of a data set."""

    class info:  # noqa: N801
        name, digest = "digits", "0" * 64


@pytest.fixture(scope="module")
def config(root, tmp_path_factory, empty_store):
    import_tensorflow()
    config = compose_search(root)
    uri = f"sqlite:///{shutil.copy(empty_store, tmp_path_factory.mktemp('store'))}"
    return config.model_copy(update={"tracking": config.tracking.model_copy(update={"uri": uri})})


@pytest.fixture
def runs(config, tmp_path):
    def build(key):
        return SearchRuns(config, tmp_path, Data, key)

    return build


def children(search):
    found = search.client.search_runs([search.experiment], f"tags.`mlflow.parentRunId` = '{search.parent}'")
    return {run.data.tags["search.trial"]: run for run in found}


def test_a_search_is_one_run_however_often_it_starts(runs):
    first, other = runs("a"), runs("b")
    assert first.open() == runs("a").open() != other.open()
    run = mlflow.get_run(first.parent)
    assert run.info.status == "RUNNING"
    assert run.data.params["search.oracle"] == "bayesian"
    assert run.data.params["model.dropout"] == "0.4"
    assert {"git.commit", "data.digest", "params.digest"} <= set(run.data.tags)


def test_a_trial_is_a_nested_run_with_values_costs_epochs_and_figures(runs):
    search = runs("c")
    search.open()
    search.begin_trial("0", {"dropout": 0.2}, (10, 20))
    search.log_epoch("0", EPOCH)
    search.log_epoch("0", EPOCH)
    search.log_epoch("0", EPOCH | {"epoch": 2.0})
    search.end_trial("0", "COMPLETED", "", {"val_accuracy": 0.4, "seconds": 3.5})
    run = children(search)["0"]
    assert (run.info.status, run.data.params) == ("FINISHED", {"dropout": "0.2"})
    assert run.data.metrics["multiply_adds"] == 20
    assert next(iter(run.data.metrics)) == "validation/accuracy"  # what MLflow's comparison of runs opens on
    assert run.data.metrics["val_accuracy"] == run.data.metrics["validation/accuracy"] == 0.4
    assert len(search.client.get_metric_history(run.info.run_id, "train/loss")) == 2
    assert len(search.client.get_metric_history(run.info.run_id, "multiply_adds")) == 1


def test_a_killed_trial_resumes_in_its_run_and_logs_no_epoch_twice(runs):
    search = runs("d")
    search.open()
    search.begin_trial("0", {}, (1, 1))
    search.log_epoch("0", EPOCH)
    search.kill_running()
    assert children(search)["0"].info.status == "KILLED"
    again = runs("d")
    again.open()
    again.begin_trial("0", {}, (1, 1))
    again.log_epoch("0", EPOCH)
    again.log_epoch("0", EPOCH | {"epoch": 2.0})
    assert list(children(again)) == ["0"]
    run = children(again)["0"]
    assert run.info.status == "RUNNING"
    assert [metric.step for metric in again.client.get_metric_history(run.info.run_id, "train/loss")] == [1, 2]


def test_an_end_that_was_logged_before_a_kill_is_not_logged_again(runs):
    search = runs("j")
    search.open()
    search.begin_trial("0", {}, (1, 1))
    search.log_epoch("0", EPOCH)
    search.end_trial("0", "COMPLETED", "", {"val_accuracy": 0.4, "epochs": 1})
    search.close("FINISHED", {"trials": 1, "best": 0.4}, [])
    again = runs("j")
    again.open()
    again.begin_trial("0", {}, (1, 1))
    again.end_trial("0", "COMPLETED", "", {"val_accuracy": 0.4, "epochs": 1})
    again.close("FINISHED", {"trials": 2, "best": 0.4}, [])
    run = children(again)["0"].info
    assert run.status == "FINISHED"
    points = {name: len(again.client.get_metric_history(run.run_id, name)) for name in ("val_accuracy", "epochs")}
    points |= {name: len(again.client.get_metric_history(again.parent, name)) for name in ("trials", "best")}
    assert points == {"val_accuracy": 1, "epochs": 1, "trials": 2, "best": 1}


def test_failures_have_their_reason_and_trials_stopped_early_a_tag(runs):
    search = runs("e")
    search.open()
    for name in "01":
        search.begin_trial(name, {}, (1, 1))
    search.end_trial("0", "FAILED", "bad shape", {})
    search.end_trial("1", "COMPLETED", "", {"val_accuracy": 0.5})
    search.tag_trials(["1"], "stopped early")
    found = children(search)
    assert (found["0"].info.status, found["0"].data.tags["search.reason"]) == ("FAILED", "bad shape")
    assert found["1"].data.tags["search.ended"] == "stopped early"


def test_the_page_is_kept_with_the_search(runs, tmp_path):
    search = runs("f")
    search.open()
    files = [tmp_path / name for name in ("report.html", "model/tuned.yaml", "recipe/tuned.yaml")]
    for file in files:
        file.parent.mkdir(exist_ok=True)
        file.write_text(file.parent.name)
    search.close("FINISHED", {"trials": 2}, files)
    run = mlflow.get_run(search.parent)
    assert (run.info.status, run.data.metrics["trials"]) == ("FINISHED", 2)
    assert {file.path for file in search.client.list_artifacts(search.parent)} == {
        "report.html",
        "tuned.yaml",
        "recipe",
    }
    assert mlflow.artifacts.load_text(f"runs:/{search.parent}/tuned.yaml") == "model"
    assert mlflow.artifacts.load_text(f"runs:/{search.parent}/recipe/tuned.yaml") == "recipe"


def test_a_worker_joins_the_chiefs_search_and_no_other(runs):
    chief, worker = runs("g"), runs("g")
    chief.open()
    worker.join()
    assert worker.parent == chief.parent
    with pytest.raises(PipelineError, match="has no search h: this worker's settings"):
        runs("h").join()


def test_what_a_search_could_not_send_is_sent_by_the_next_start(config, proxy, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(outbox, "WAIT", 0.5)
    monkeypatch.setattr(outbox, "REQUEST_SECONDS", 1)
    monkeypatch.setattr(search_runs, "PATIENCE", 2.0)
    there = config.model_copy(update={"tracking": config.tracking.model_copy(update={"uri": proxy.uri})})
    search = SearchRuns(there, tmp_path, Data, "i")
    search.open()
    search.begin_trial("0", {"dropout": 0.2}, (1, 1))
    search.log_epoch("0", EPOCH)
    (tmp_path / "report.html").write_text("page")
    with proxy.refusing():
        search.log_epoch("0", EPOCH | {"epoch": 2.0})
        search.end_trial("0", "COMPLETED", "", {"val_accuracy": 0.5})
        search.begin_trial("1", {"dropout": 0.3}, (1, 2))
        search.end_trial("1", "FAILED", "bad shape", {})
        assert search.failure_reason("1") is None
        search.close("FINISHED", {"trials": 2}, [tmp_path / "report.html"])
    output = capsys.readouterr().out
    assert "does not answer; the search continues, its metrics will be sent later" in output
    assert output.endswith("is not complete; the same command logs what is missing\n")
    again = SearchRuns(there, tmp_path, Data, "i")
    assert again.open() == search.parent
    found = children(again)
    assert {name: run.info.status for name, run in found.items()} == {"0": "FINISHED", "1": "FAILED"}
    assert found["1"].data.tags["search.reason"] == "bad shape"
    assert found["1"].data.metrics["multiply_adds"] == 2
    history = again.client.get_metric_history(found["0"].info.run_id, "train/loss")
    assert [point.step for point in history] == [1, 2]
    assert mlflow.get_run(search.parent).info.status == "RUNNING"  # the end of the earlier process is not this one's
    again.close("FINISHED", {"trials": 2}, [tmp_path / "report.html"])
    run = mlflow.get_run(search.parent)
    assert (run.info.status, run.data.metrics["trials"]) == ("FINISHED", 2)
    assert list((tmp_path / ".search/i").iterdir()) == []


def test_a_trial_whose_end_another_process_sends_has_its_costs(runs, tmp_path):
    search = runs("k")
    search.open()
    search.begin_trial("0", {}, (10, 20))
    assert search.leave()
    end = Entry("end_trial", ("0", "COMPLETED", "", {"val_accuracy": 0.5}, [10, 20]))
    for _ in range(2):  # it may come twice
        UnsentFile(tmp_path / ".search/k/unsent-search.jsonl").keep([end])
        again = runs("k")
        again.open()
        run = children(again)["0"]
        assert (run.info.status, run.data.metrics["multiply_adds"]) == ("FINISHED", 20)
        assert len(again.client.get_metric_history(run.info.run_id, "parameters")) == 1


def test_what_another_process_left_is_kept_until_it_is_sent(runs, tmp_path, monkeypatch):
    monkeypatch.setattr(search_runs, "PATIENCE", 0.1)
    monkeypatch.setattr(outbox, "WAIT", 0.1)
    go, deliver = threading.Event(), SearchLog.deliver

    def slow(self, entry):
        go.wait(60)
        deliver(self, entry)

    monkeypatch.setattr(SearchLog, "deliver", slow)
    search, folder = runs("j"), tmp_path / ".search/j"
    left = [Entry("begin_trial", ("0", {}, [1, 1], "trial")), Entry("log_epoch", ("0", EPOCH))]
    UnsentFile(folder / "unsent-worker.jsonl").keep(left)
    search.open()
    assert [file.name for file in folder.iterdir()] == ["unsent-search.jsonl"]
    assert [entry.what for entry in read_unsent(folder / "unsent-search.jsonl")] == ["begin_trial", "log_epoch"]
    monkeypatch.setattr(search_runs, "PATIENCE", 60.0)
    go.set()
    assert search.leave()
    assert list(children(search)) == ["0"]
    assert list(folder.iterdir()) == []

"""The recommended network as files of conf/, and what becomes of an earlier one."""

import shutil

import pytest
import yaml

from pipeline.config.compose import compose
from pipeline.config.parse import parse_config
from pipeline.search.outcome.tuned_files import write_tuned_files
from pipeline.search.space import apply_values

ORIGIN = {"search": "abc", "trial": "07", "score": "val_accuracy 0.9 in its trial", "retrained": "no"}
OTHER = ORIGIN | {"search": "def", "trial": "01"}


@pytest.fixture
def project(root, tmp_path):
    shutil.copytree(root / "conf", tmp_path / "conf")
    shutil.copy(root / "dvc.yaml", tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def search(tune):
    return tune()


def dropout(project, name="tuned"):
    """Return the dropout of a file that a search wrote; None if there is none."""
    file = project / f"conf/model/{name}.yaml"
    return yaml.safe_load(file.read_text())["dropout"] if file.is_file() else None


def test_it_composes_to_the_trials_network(tune, project):
    config = tune("model.normalization=lrn").model_copy(update={"overrides": ["model.normalization=lrn"]})
    values = {"inception_3a/width": 0.5, "dropout": 0.2}
    written = write_tuned_files(project, config, values, ORIGIN)
    assert [file.name for file in written.files] == ["tuned.yaml"]
    assert written.command == "dvc exp run -S model=tuned"
    composed = parse_config(compose(project, ["model=tuned"]), "conf/").model
    assert composed == apply_values(config, values).model.model_copy(update={"name": "tuned"})
    head = written.files[0].read_text().splitlines()
    assert head[:3] == ["# found by: python -m pipeline.tune", "# status: finished", "# search: abc"]


def test_a_shift_that_was_searched_is_written_as_found(tune, project):
    config = tune("+search.space.values.shift={key:recipe.augment.shift,choices:[0.0,0.0625]}")
    write_tuned_files(project, config, {"shift": 0.0625}, ORIGIN)
    recipe = parse_config(compose(project, ["model=tuned", "recipe=tuned", "data=cifar10"]), "conf/").recipe
    assert recipe.augment.shift == 0.0625


def test_a_searched_recipe_is_written_too_with_all_its_epochs(tune, project):
    config = tune("search/space=recipe", "search.epochs=1", "recipe.warmup_epochs=0", "recipe.epochs=9")
    config = config.model_copy(update={"overrides": ["data=cifar10", "recipe.epochs=9", "model.width=0.125"]})
    written = write_tuned_files(project, config, {"learning_rate": 0.004}, ORIGIN)
    assert [file.parent.name for file in written.files] == ["model", "recipe"]
    assert written.command == "dvc exp run -S data=cifar10 -S model=tuned -S recipe=tuned"
    recipe = parse_config(compose(project, ["model=tuned", "recipe=tuned", "data=cifar10"]), "conf/").recipe
    assert (recipe.learning_rate, recipe.epochs) == (0.004, 9)
    assert (recipe.augment.flip, recipe.augment.shift) == (True, 0.125)  # CIFAR-10's, not the digits'


def test_an_unfinished_search_does_not_replace_the_result_of_a_finished_one(tune, project):
    write_tuned_files(project, tune(), {"dropout": 0.2}, ORIGIN)
    for origin in (ORIGIN, OTHER):  # the same search, resumed with more trials, and another one
        written = write_tuned_files(project, tune(), {"dropout": 0.3}, origin, finished=False)
        assert written.files == []
        assert written.command == ""
        assert "was kept: it is from trial 07, score val_accuracy 0.9" in written.note
    assert dropout(project) == 0.2
    assert dropout(project, "tuned_previous") is None


def test_a_file_that_no_search_wrote_is_kept_by_an_unfinished_one(tune, project):
    file = project / "conf/model/tuned.yaml"
    file.write_text("defaults: [googlenet_small, _self_]\nname: tuned\ndropout: 0.1\n")
    assert write_tuned_files(project, tune(), {"dropout": 0.3}, ORIGIN, finished=False).files == []
    assert dropout(project) == 0.1


def test_a_file_that_is_no_text_is_kept_all_the_same(tune, project):
    (project / "conf/model/tuned.yaml").write_bytes(b"\xff garbage")
    write_tuned_files(project, tune(), {"dropout": 0.2}, ORIGIN)
    assert dropout(project) == 0.2
    assert "garbage" in (project / "conf/model/tuned_previous.yaml").read_text(encoding="utf-8")


def test_an_unfinished_search_writes_its_best_so_far_where_nothing_is_and_updates_it(tune, project):
    for value in (0.3, 0.2):
        written = write_tuned_files(project, tune(), {"dropout": value}, ORIGIN, finished=False)
        assert written.files
        assert dropout(project) == value
    assert write_tuned_files(project, tune(), {"dropout": 0.1}, OTHER, finished=False).files == []
    write_tuned_files(project, tune(), {"dropout": 0.4}, ORIGIN)
    assert dropout(project) == 0.4
    assert dropout(project, "tuned_previous") is None  # it was a part of the same search


def test_a_finished_search_keeps_the_one_before_as_a_choice_of_its_own(tune, project):
    write_tuned_files(project, tune(), {"dropout": 0.2}, ORIGIN)
    written = write_tuned_files(project, tune(), {"dropout": 0.3}, OTHER)
    assert "the one before (from trial 07" in written.note
    assert (dropout(project), dropout(project, "tuned_previous")) == (0.3, 0.2)
    composed = parse_config(compose(project, ["model=tuned_previous"]), "conf/").model
    assert (composed.name, composed.dropout) == ("tuned_previous", 0.2)


def test_the_same_result_again_changes_nothing(tune, project):
    write_tuned_files(project, tune(), {"dropout": 0.2}, ORIGIN)
    before = (project / "conf/model/tuned.yaml").stat().st_mtime_ns
    assert write_tuned_files(project, tune(), {"dropout": 0.2}, ORIGIN).files
    assert (project / "conf/model/tuned.yaml").stat().st_mtime_ns == before
    assert dropout(project, "tuned_previous") is None


def found(search, score, *, seeds=0, status="finished", data="digits, digest 1"):
    """Return the origin of a result."""
    retrained = f"07: val_accuracy {score:.4f} ± 0.0010 over {seeds} seeds; 1.0M multiply-adds" if seeds else "no"
    origin = {"search": search, "trial": "07", "score": f"val_accuracy {score:.4f} in its trial"}
    return origin | {"retrained": retrained, "limits": "relative 1", "data": data}


@pytest.mark.parametrize(
    ("new", "finished", "replaced"),
    [
        (found("a", 0.99), False, False),  # the same search, resumed and interrupted: a trial's score is no mean
        (found("a", 0.98, seeds=3), False, False),
        (found("a", 0.985, seeds=3), True, True),  # it compared all that it retrained before
        (found("a", 0.99), True, False),
        (found("b", 0.999), True, False),
        (found("b", 0.98, seeds=3), True, False),
        (found("b", 0.995, seeds=2), True, False),
        (found("b", 0.995, seeds=3), True, True),
        (found("b", 0.98, seeds=5), True, True),
        (found("b", 0.995, seeds=3), False, True),  # interrupted, but better founded
        (found("b", 0.5, data="photos, digest 2"), True, True),  # scores on other data cannot be compared
        (found("b", 0.999, seeds=9, data="photos, digest 2"), False, False),
    ],
)
def test_only_what_is_better_founded_replaces_a_retrained_winner(search, tmp_path, new, finished, replaced):
    write_tuned_files(tmp_path, search, {"dropout": 0.2}, found("a", 0.99, seeds=3))
    written = write_tuned_files(tmp_path, search, {"dropout": 0.3}, new, finished=finished)
    project = tmp_path
    assert dropout(project) == (0.3 if replaced else 0.2)
    assert dropout(project, "tuned_previous") == (0.2 if replaced else None)
    assert dropout(project, "tuned_latest") == (0.3 if finished and not replaced else None)
    assert "07: val_accuracy 0.9900 ± 0.0010 over 3 seeds" in written.note  # it says which one was kept, and where
    assert written.command.endswith("model=tuned_latest" if not replaced else "model=tuned") == bool(written.files)


@pytest.mark.parametrize(
    ("weighed", "replaced"), [("2 points for each halving", True), ("1 point for each halving", False)]
)
def test_scores_are_compared_if_cost_and_accuracy_are_weighed_alike(search, project, weighed, replaced):
    def origin(name, score, seeds, weighed):
        retrained = f"07: score {score:.4f} ± 0.0010 over {seeds} seeds, val_accuracy 0.9; 1.0M multiply-adds"
        return ORIGIN | {"search": name, "retrained": retrained, "weighed": weighed}

    write_tuned_files(project, search, {"dropout": 0.2}, origin("abc", 0.99, 3, "1 point for each halving"))
    write_tuned_files(project, search, {"dropout": 0.3}, origin("def", 0.5, 3, weighed))
    assert dropout(project) == (0.3 if replaced else 0.2)

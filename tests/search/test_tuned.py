"""The answer as files of conf/."""

import shutil

import pytest

from pipeline.base.quiet import import_tensorflow
from pipeline.config.check import check
from pipeline.config.compose import compose

import_tensorflow()

from pipeline.search.space import configured  # noqa: E402
from pipeline.search.tuned import write_tuned  # noqa: E402

ORIGIN = {"search run": "abc", "score": "val_accuracy 0.9 in its trial"}


@pytest.fixture
def project(root, tmp_path):
    shutil.copytree(root / "conf", tmp_path / "conf")
    shutil.copy(root / "dvc.yaml", tmp_path)
    return tmp_path


def test_it_composes_to_the_trials_network(tune, project):
    config = tune("model.normalization=lrn").model_copy(update={"overrides": ["model.normalization=lrn"]})
    values = {"inception_3a/width": 0.5, "dropout": 0.2}
    files, command = write_tuned(project, config, values, ORIGIN)
    assert [file.name for file in files] == ["tuned.yaml"]
    assert command == "dvc exp run -S model=tuned"
    composed = check(compose(project, ["model=tuned"]), "conf/").model
    assert composed == configured(config, values).model.model_copy(update={"name": "tuned"})
    assert files[0].read_text().startswith("# found by: python -m pipeline.tune\n# search run: abc\n")


def test_a_shift_that_was_searched_is_written_as_found(tune, project):
    config = tune("+search.space.values.shift={key:recipe.augment.shift,choices:[0.0,0.0625]}")
    write_tuned(project, config, {"shift": 0.0625}, ORIGIN)
    recipe = check(compose(project, ["model=tuned", "recipe=tuned", "data=cifar10"]), "conf/").recipe
    assert recipe.augment.shift == 0.0625


def test_a_searched_recipe_is_written_beside_it_with_all_its_epochs(tune, project):
    config = tune("search/space=recipe", "search.epochs=1", "recipe.warmup_epochs=0", "recipe.epochs=9")
    config = config.model_copy(update={"overrides": ["data=cifar10", "recipe.epochs=9", "model.width=0.125"]})
    files, command = write_tuned(project, config, {"learning_rate": 0.004}, ORIGIN)
    assert [file.parent.name for file in files] == ["model", "recipe"]
    assert command == "dvc exp run -S data=cifar10 -S model=tuned -S recipe=tuned"
    recipe = check(compose(project, ["model=tuned", "recipe=tuned", "data=cifar10"]), "conf/").recipe
    assert (recipe.learning_rate, recipe.epochs) == (0.004, 9)
    assert (recipe.augment.flip, recipe.augment.shift) == (True, 0.125)  # CIFAR-10's, not the digits'

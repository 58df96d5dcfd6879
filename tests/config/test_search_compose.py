"""The settings of a search."""

import shutil

import pytest

from pipeline.base.errors import PipelineError
from pipeline.config.schema.space_schema import NAME
from pipeline.config.search_compose import compose_search, recorded_overrides, run_hydra_flags
from pipeline.params import main


@pytest.fixture
def project(root, tmp_path):
    shutil.copytree(root / "conf", tmp_path / "conf")
    for name in ("dvc.yaml", "params.yaml"):
        shutil.copy(root / name, tmp_path)
    return tmp_path


def test_a_search_has_the_settings_of_params_yaml_and_its_own(project):
    main(project, ["model=googlenet_bn", "recipe.epochs=5", "data.height=40"])
    config = compose_search(project, ["search=random", "search.max_trials=7", "recipe.batch_size=16"])
    assert (config.model.name, config.recipe.epochs, config.data.height) == ("googlenet_bn", 5, 40)
    assert (config.search.oracle, config.search.max_trials, config.recipe.batch_size) == ("random", 7, 16)
    assert config.overrides == ["model=googlenet_bn", "data.height=40", "recipe.epochs=5", "recipe.batch_size=16"]
    assert config.without_search().model == config.model


def test_what_is_typed_takes_the_place_of_what_is_recorded(project):
    main(project, ["model=googlenet_bn", "model.width=0.25", "recipe.epochs=5"])
    assert recorded_overrides(project, ["model=googlenet_small", "recipe.epochs=9"]) == []
    assert recorded_overrides(project, ["model.width=0.5"]) == ["model=googlenet_bn", "recipe.epochs=5"]


def test_the_group_of_spaces_is_chosen_as_hydra_does(project):
    assert compose_search(project, ["search/space=branches"]).search.space.widths.per == "branch"
    assert compose_search(project, ["search=grid"]).search.space.name == "network"


REFUSED = [
    ("search=baysian", "there is no conf/search/baysian.yaml (did you mean 'bayesian'?); search can be: "),
    ("search/space=block", "there is no conf/search/space/block.yaml (did you mean 'blocks'?)"),
    ("search.oracle=baysian", "'hyperband', 'grid', got 'baysian' (did you mean 'bayesian'?)"),
    ("search.max_trial=3", "unknown key 'search.max_trial' (did you mean 'search.max_trials'?)"),
    ("search.max_trials=0", "search.max_trials must be greater than or equal to 1, got 0"),
    ("search.epochs=1", "search.epochs (1) must be more than recipe.warmup_epochs (1)"),
    ("search.space.widths.ratios=[]", "search.space.widths.ratios must have at least 1 item"),
    ("search.space.widths.ratios=[0.0]", "must be greater than 0"),
    ("+search.space.values.a={key:model.dropout,low:0.5,high:0.1}", "low (0.5) must be less than high (0.1)"),
    ("+search.space.values.a={key:model.dropout,low:0.5}", "a range needs both low and high"),
    ("+search.space.values.a={key:model.dropout}", "it needs either choices, or low and high"),
    ("+search.space.values.a={key:model.dropout,low:0,high:1,log:true}", "a log scale begins above 0"),
    ("model.name=tuned", "the search would overwrite conf/model/tuned.yaml, which it starts from"),
    ("model.init_from=a.keras", "a search trains networks of many widths from fresh weights"),
    ("model.ensemble=[models:/a@candidate]", "a search compares single networks: model.ensemble=[]"),
    ("search.limits.relative=0", "search.limits.relative must be greater than 0"),
    ("+search.space.values.rate={key:model.dropout,low:0,high:0.5}", "values.dropout and values.rate both search"),
    ("+search.space.values.epochs={key:recipe.batch_size,choices:[1,2]}", "'epochs' is the name of a column"),
    ("+search.space.values.seed={key:recipe.batch_size,choices:[1,2]}", "'seed' is the name of a column"),
    ("+search.space.values.m={key:recipe.monitor,choices:[val_loss]}", "nothing reads: search.objective decides"),
    ("+search.space.values.m={key:recipe.power,low:0.5,high:2}", "it is read with recipe.schedule=polynomial only"),
    ("+search.space.values.m={key:model.views,choices:[one,mirrored]}", "only the saved model averages views"),
]  # fmt: skip


@pytest.mark.parametrize(("override", "expected"), REFUSED)
def test_bad_settings_are_refused_in_one_sentence(project, override, expected):
    with pytest.raises(PipelineError) as caught:
        compose_search(project, [override])
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


UNREAD = [
    (["+search.space.values.e={key:recipe.epochs,choices:[3,9]}", "search.epochs=4"], "search.epochs decides how long"),
    (["+search.space.values.e={key:recipe.epochs,choices:[3,9]}", "search=hyperband"], "search=hyperband decides"),
    (["+search.space.values.w={key:model.width,choices:[0.5,1]}", "search/space=network"], "network's width already"),
]


@pytest.mark.parametrize(("overrides", "expected"), UNREAD)
def test_a_value_that_nothing_reads_is_refused(project, overrides, expected):
    with pytest.raises(PipelineError, match=expected):
        compose_search(project, overrides)


def test_a_value_is_read_where_another_searched_one_makes_it_so(project):
    schedule = "+search.space.values.schedule={key:recipe.schedule,choices:[cosine,polynomial]}"
    power = "+search.space.values.power={key:recipe.power,low:0.5,high:2"
    condition = ",parent_name:schedule,parent_values:[polynomial]}"
    space = compose_search(project, [schedule, power + condition]).search.space
    assert space.values["power"].parent_values == ["polynomial"]
    with pytest.raises(PipelineError, match="nothing reads"):
        compose_search(project, [schedule, power + condition.replace("[poly", "[cosine] #").partition(" #")[0] + "}"])


def test_a_file_that_is_not_yaml_is_named_with_its_line(project):
    (project / "conf/search/space/mine.yaml").write_text("name: mine\nvalues:\n  a: [1, 2\n  b: 3\n", encoding="utf-8")
    with pytest.raises(PipelineError) as caught:
        compose_search(project, ["search/space=mine"])
    assert str(caught.value).startswith("conf/search/space/mine.yaml, line 4, column ")
    assert "\n" not in str(caught.value)


def test_a_name_that_mlflow_refuses_is_refused_in_a_file(project):
    text = "name: mine\nwidths: null\nvalues:\n  a//b: {key: model.dropout, choices: [0.1, 0.2]}\n"
    (project / "conf/search/space/mine.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PipelineError, match=r"values\.a//b: a name begins with a letter or _, .* between words"):
        compose_search(project, ["search/space=mine"])


@pytest.mark.parametrize("flags", [["--help"], ["--cfg", "job"]])
def test_hydras_flags_refuse_what_a_search_does(project, flags):
    with pytest.raises(PipelineError, match=r"no conf/search/rndom\.yaml \(did you mean 'random'\?\)"):
        run_hydra_flags(project, [*flags, "search=rndom"])


def test_an_objective_that_a_searched_setting_changes_is_refused(project):
    with pytest.raises(PipelineError, match=r"search them by search\.objective=val_accuracy"):
        compose_search(project, ["search/space=recipe", "search.objective=val_loss"])


def test_a_space_of_one_point_is_refused(project):
    with pytest.raises(PipelineError, match="nothing to search"):
        compose_search(project, ["search.space.widths=null", "search.space.values.dropout.choices=[0.4]"])


@pytest.mark.parametrize(
    ("name", "good"),
    [("_a", True), ("a b/c-d.e", True), ("a/-b", True), ("a/", False), ("a//b", False), ("a/./b", False),
     ("a/../b", False), ("a ", False), ("a  b", False), ("1a", False), ("", False), ("a/.b", False)],
)  # fmt: skip
def test_the_name_of_a_value_can_be_one_of_a_run(name, good):
    assert bool(NAME.fullmatch(name)) is good

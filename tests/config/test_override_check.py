"""Misspellings caught before Hydra sees them."""

import pytest

from pipeline.base.errors import PipelineError
from pipeline.config.override_check import check_overrides, exp_run_overrides


@pytest.mark.parametrize(
    ("arguments", "values"),
    [
        (["exp", "run", "-S", "a=1", "--set-param", "b=2"], ["a=1", "b=2"]),
        (["-Sa=1", "--set-param=b=x=y"], ["a=1", "b=x=y"]),
        (["-S", "params.yaml:a=1", "-S", "other.yaml:b=2"], []),
        (["-S", "tracking.uri=http://x:5000"], ["tracking.uri=http://x:5000"]),
        (["--queue", "-n", "name", "stage"], []),
        (["-S"], []),
        ([], []),
    ],
)
def test_set_params_takes_the_values_of_every_spelling_of_the_option(arguments, values):
    assert exp_run_overrides(arguments) == values


@pytest.mark.parametrize(
    "override",
    [
        "recipe.epochs=3",
        "data=mnist",
        "+x.y=1",
        "~recipe.seed",
        "hydra.run.dir=x",
        "data",
        "model.filters.inception_3a=[1,2,3,4,5,6]",
        "model=googlenet,googlenet_bn",
        "data.path=",
    ],
)
def test_what_may_be_right_is_left_to_hydra(root, override):
    assert check_overrides(root, [override]) is None


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("recipe.lr=1", "unknown key 'recipe.lr'"),
        ("recipe.epoch=1", "did you mean 'recipe.epochs'?) in the override 'recipe.epoch=1'."),
        ("gate.floors.loss=1", "unknown key 'gate.floors.loss' (did you mean 'gate.ceilings.loss'?)"),
        ("modle=googlenet", "did you mean 'model'?"),
        ("model=googlenet_bm", "(did you mean 'googlenet_bn'?); model can be: googlenet, googlenet_2014, "),
        ("model=googlenet,nothing", "there is no conf/model/nothing.yaml; model can be"),
        ("experiment=smok", "there is no conf/experiment/smok.yaml (did you mean 'smoke'?)"),
    ],
)
def test_a_misspelling_is_refused_with_the_nearest_name(root, override, expected):
    with pytest.raises(PipelineError) as caught:
        check_overrides(root, ["recipe.epochs=3", override])
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)

"""`dvc exp run` composes conf/ itself; its file is the one that `python -m pipeline.params` writes."""

import sys

import pytest
from dvc.utils.hydra import compose_and_dump
from hydra.core.plugins import Plugins
from hydra.core.singleton import Singleton

from pipeline.config.compose import compose
from pipeline.config.params_file import read_values, write_params

CASES = [
    [],
    ["experiment=smoke"],
    ["experiment=smoke", "gate=default", "recipe.epochs=2"],
    ["experiment=photos", "data.path='my photos/été'"],
    ["data=folder", "data.path='null'"],
    ["model=googlenet", "data.height=64", "data.width=64", "gate.floors.accuracy=null", "recipe.augment.flip=true"],
    ["gate.floors.class_recall={7: 0.9, New York: 0.5}", "gate.ceilings.latency_ms=20"],
    ["tracking=server", "tracking.uri=http://mlflow:5000", "recipe.learning_rate=1e-5"],
    ["data=folder", r"data.path='C:\photos'"],
    ["tracking.experiment='mine-${model.name}'"],
]


def composed_by_dvc(root, folder, overrides):
    target = folder / "by_dvc.yaml"
    compose_and_dump(
        output_file=str(target),
        config_dir=str(root / "conf"),
        config_module=None,
        config_name="config",
        plugins_path=str(root / "pipeline/config"),
        overrides=overrides,
    )
    return target


@pytest.fixture(autouse=True)
def as_dvc(root, monkeypatch):
    monkeypatch.chdir(root)
    monkeypatch.setattr(sys, "argv", ["dvc", "exp", "run"])
    # Hydra looks for plugins once in a process; an earlier test may have made it look without DVC's folder.
    before = Singleton.get_state()
    Singleton._instances.pop(Plugins, None)
    yield
    Singleton.set_state(before)


@pytest.mark.parametrize("overrides", CASES)
def test_dvc_writes_the_same_bytes(root, tmp_path, overrides):
    by_dvc = composed_by_dvc(root, tmp_path, overrides)
    write_params(tmp_path, compose(root, overrides))
    assert by_dvc.read_text(encoding="utf-8") == (tmp_path / "params.yaml").read_text(encoding="utf-8")


def test_what_dvc_composed_records_overrides_that_compose_to_it_again(root, tmp_path):
    composed_by_dvc(root, tmp_path, ["data=mnist", "tracking.alias=best"]).rename(tmp_path / "params.yaml")
    values = read_values(tmp_path)
    assert values["overrides"] == ["data=mnist", "tracking.alias=best"]
    assert compose(root, values["overrides"]) == values


def test_dvc_stops_with_the_schemas_sentence(root, tmp_path):
    with pytest.raises(SystemExit) as caught:
        composed_by_dvc(root, tmp_path, ["recipe.epochs=0"])
    assert "recipe.epochs must be greater than or equal to 1, got 0" in str(caught.value)
    assert not (tmp_path / "by_dvc.yaml").exists()

"""conf/ as it stands: every file composes, and states who it is."""

import itertools

import pytest
import yaml

from pipeline.base.errors import PipelineError
from pipeline.base.paths import project_root
from pipeline.config.compose import changed_keys, compose
from pipeline.config.parse import parse_config
from pipeline.config.schema.audit_schema import AuditConfig

CONF = project_root() / "conf"
GROUPS = sorted(folder.name for folder in CONF.iterdir() if folder.is_dir())
SETTINGS = [group for group in GROUPS if group != "experiment"]
FILES = [(group, file.stem) for group in SETTINGS for file in sorted((CONF / group).glob("*.yaml"))]
PATH = "data.path=/photos"
NEEDED = {"folder": [PATH], "photos": [PATH], "table": [PATH, "data.table.file=labels.csv"]}


def choices(group):
    return sorted(file.stem for file in (CONF / group).glob("*.yaml"))


@pytest.mark.parametrize(("data", "model"), itertools.product(choices("data"), choices("model")))
def test_every_data_file_composes_with_every_model_file(root, data, model):
    overrides = [f"data={data}", f"model={model}", "data.height=72", "data.width=72", *NEEDED.get(data, [])]
    settings = parse_config(compose(root, overrides), "here")
    assert (settings.data.name, settings.model.name) == (data, model)


@pytest.mark.parametrize(
    ("recipe", "gate", "tracking"), itertools.product(choices("recipe"), choices("gate"), choices("tracking"))
)
def test_every_recipe_composes_with_every_gate_and_tracking(root, recipe, gate, tracking):
    settings = parse_config(compose(root, [f"recipe={recipe}", f"gate={gate}", f"tracking={tracking}"]), "here")
    assert (settings.recipe.name, settings.gate.name, settings.tracking.name) == (recipe, gate, tracking)


@pytest.mark.parametrize(("group", "name"), [file for file in FILES if file[0] in ("model", "gate")])
@pytest.mark.parametrize("preset", choices("experiment"))
def test_a_group_file_chosen_beside_a_preset_wins_over_it(root, preset, group, name):
    size = ["data.height=72", "data.width=72"]
    values = compose(root, [f"experiment={preset}", f"{group}={name}", *size, *NEEDED.get(preset, [])])
    assert values["preset"] == preset
    assert values[group]["name"] == name


@pytest.mark.parametrize("data", choices("data"))
def test_every_data_file_alone_composes_with_the_default_model(root, data):
    settings = parse_config(compose(root, [f"data={data}", *NEEDED.get(data, [])]), "here")
    assert settings.data.source == data
    expected = "photos" if data in NEEDED else data
    assert settings.tracking.registered_model == f"googlenet-{expected}"


@pytest.mark.parametrize(("group", "name"), FILES)
def test_every_group_file_states_its_own_name(group, name):
    values = yaml.safe_load((CONF / group / f"{name}.yaml").read_text(encoding="utf-8"))
    assert values["name"] == name


@pytest.mark.parametrize("name", choices("experiment"))
def test_every_preset_states_its_own_name(name):
    values = yaml.safe_load((CONF / "experiment" / f"{name}.yaml").read_text(encoding="utf-8"))
    assert values["preset"] == name


def test_composition_without_overrides_records_none(root):
    values = compose(root)
    assert values["overrides"] == []
    assert values["preset"] is None


def test_composition_is_free_of_hydras_own_settings_and_of_interpolations(root):
    values = compose(root, ["data=folder", "data.path=/photos"])
    assert "hydra" not in values
    assert "${" not in str(values)
    assert values["data"]["depends_on"] == "/photos"


def test_differing_names_changed_added_and_removed_keys_with_both_values():
    old = {"a": {"b": 1, "same": 0}, "gone": 2, "null": None}
    new = {"a": {"b": 3, "same": 0}, "come": [4], "null": None}
    assert changed_keys(old, new) == {"a.b": (1, 3), "come": (None, [4]), "gone": (2, None)}
    assert changed_keys({"a": None}, {}) == {"a": (None, None)}
    assert changed_keys(old, old) == {}


REFUSED = [
    (["recipe.epoch=3"], "unknown key 'recipe.epoch' (did you mean 'recipe.epochs'?)"),
    (["+recipe.epoch=3"], "unknown key 'recipe.epoch' (did you mean 'recipe.epochs'?)"),
    (["model=googlnet"], "there is no conf/model/googlnet.yaml (did you mean 'googlenet'?)"),
    (["data=folder"], "path must name your folder of images"),
    (["~recipe.seed"], "recipe.seed is missing"),
    (["recipe.epochs=1,2"], "Ambiguous value"),
    (["data.path=[a"], "'[a'"),
    (["recipe.epochs"], "missing EQUAL"),
    (["tracking.experiment='${nope}'"], "nope"),
    (["preset=nope"], "choose a preset: experiment=NAME"),
    (["data=mnist", "model=googlenet"], "at least 32 for model.stem=imagenet, got 28"),
    (["gate=null"], "gate"),
    (["=3"], "=3"),
    (["experiment=null"], "experiment"),
    (["overrides=5"], "overrides"),
]


@pytest.mark.parametrize(("overrides", "expected"), REFUSED)
def test_a_refusal_is_one_sentence_that_names_the_trouble(root, overrides, expected):
    with pytest.raises(PipelineError) as caught:
        compose(root, overrides)
    message = str(caught.value)
    assert expected in message
    assert "\n" not in message
    assert "Traceback" not in message
    assert message.endswith(".")


def test_the_audits_file_says_what_the_schema_does(root):
    assert parse_config(compose(root, ["data/audit=default"]), "here").data.audit == AuditConfig()


@pytest.mark.parametrize("name", choices("data/audit"))
def test_every_file_of_the_audit_composes(root, name):
    settings = parse_config(compose(root, [f"data/audit={name}"]), "here").data.audit
    assert settings.limits == AuditConfig().limits
    assert {"strict": "stop", "off": "ignore", "warn": "warn"}.get(name, "drop") == settings.label_conflict


def test_keras_named_sets_lose_no_image_that_can_be_decoded(root):
    audit = parse_config(compose(root, ["data=cifar10"]), "here").data.audit
    assert (audit.label_conflict, audit.split_leak, audit.exact_duplicate) == ("warn", "warn", "warn")

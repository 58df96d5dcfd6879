"""The schema: one sentence for every kind of wrong value."""

import copy
import math

import pytest

from pipeline.base.errors import PipelineError
from pipeline.config.compose import compose
from pipeline.config.parse import all_keys, parse_config, unknown_key_message
from pipeline.topology.blocks import BLOCKS


@pytest.fixture(scope="module")
def composed(root):
    return compose(root)


def changed(values, key, value):
    """Return a copy with one dotted key set; ... deletes it."""
    values = copy.deepcopy(values)
    *path, leaf = key.split(".")
    section = values
    for part in path:
        section = section[part]
    if value is ...:
        del section[leaf]
    else:
        section[leaf] = value
    return values


WRONG = [
    ("recipe.epoch", 3, "unknown key 'recipe.epoch' (did you mean 'recipe.epochs'?)"),
    ("recipie", {}, "unknown key 'recipie' (did you mean 'recipe'?)"),
    ("recipe.epochs", "3", "recipe.epochs must be a valid integer, got '3'"),
    ("recipe.epochs", 3.0, "recipe.epochs must be a valid integer, got 3.0"),
    ("recipe.epochs", True, "recipe.epochs must be a valid integer, got True"),
    ("recipe.augment.flip", 1, "recipe.augment.flip must be a valid boolean, got 1"),
    ("data.path", 1, "data.path must be a valid string, got 1"),
    ("recipe.epochs", 0, "recipe.epochs must be greater than or equal to 1, got 0"),
    ("recipe.momentum", 1.0, "recipe.momentum must be less than 1, got 1.0"),
    ("model.dropout", -0.1, "model.dropout must be greater than or equal to 0, got -0.1"),
    ("recipe.seed", 2**32, "recipe.seed must be less than 4294967296, got 4294967296"),
    ("recipe.learning_rate", math.nan, "recipe.learning_rate must be a finite number, got nan"),
    ("gate.floors.class_recall", {"cat": 2.0}, "gate.floors.class_recall.cat must be less than or equal to 1, got 2.0"),
    ("gate.ceilings.latency_ms", 0, "gate.ceilings.latency_ms must be greater than 0, got 0"),
    ("gate.champion.rule", "better", "got 'better' (did you mean 'better_by'?)"),
    ("gate.champion.margin", -0.1, "gate.champion.margin must be greater than or equal to 0, got -0.1"),
    ("tracking.champion_alias", "candidate", "alias and champion_alias must differ, both are 'candidate'"),
    ("gate.floors.accuracy", math.inf, "gate.floors.accuracy must be a finite number, got inf"),
    ("recipe.optimizer", "adan", "'lion', 'lamb', 'muon', got 'adan' (did you mean 'adam'?)"),
    ("recipe.xla", "yes", "recipe.xla must be one of 'auto', True, False, got 'yes'"),
    ("recipe.clip_norm", 0.0, "recipe.clip_norm must be greater than 0, got 0.0"),
    ("recipe.patience", 0, "recipe.patience must be greater than or equal to 1, got 0"),
    ("recipe.schedule", "cosin", "got 'cosin' (did you mean 'cosine'?)"),
    ("recipe.nesterov", True, "in recipe: nesterov needs optimizer sgd or muon and a momentum above 0"),
    ("recipe.augment.rand_augment", 0.3, "recipe.augment.rand_augment needs images in color"),
    ("model.activation", "swish", "model.activation must be one of 'relu', 'leaky_relu'"),
    ("model.freeze", "inception_4a", "in model: freeze needs init_from"),
    ("model.freeze", "inception_4", "got 'inception_4' (did you mean 'inception_4"),
    (
        "model.init_from",
        "outputs/train/model.keras",
        "in model: init_from cannot be outputs/train/model.keras: DVC removes",
    ),
    (
        "model.ensemble",
        ["a.keras", "./outputs/train/model.keras"],
        "in model: ensemble cannot be ./outputs/train/model.keras: DVC removes",
    ),
    ("model.ensemble", "a.keras", "model.ensemble must be a valid list, got 'a.keras'"),
    ("model.normalization", "layer", "model.normalization must be one of 'none', 'lrn', 'batch', got 'layer'"),
    ("data.channels", 2, "data.channels must be one of 1, 3, got 2"),
    ("recipe.seed", ..., "recipe.seed is missing"),
    ("recipe", ..., "recipe is missing"),
    ("recipe.seed", None, "recipe.seed must be a valid integer, got None"),
    ("data.split", 3, "data.split must be a valid dictionary"),
    ("recipe.warmup_epochs", 12, "in recipe: warmup_epochs (12) must be less than epochs (12)"),
    ("data.split.test", 0.95, "in data.split: validation and test together must be less than 1"),
    ("data.source", "folder", "in data: path must name your folder of images"),
    ("model.views", "mirrored", "model.views=mirrored needs a network that was trained on mirror images too"),
    ("model.views", "crops", "model.views must be one of 'one', 'mirrored', got 'crops'"),
    ("data.height", 15, "at least 16 for model.stem=small, got 15"),
    ("model.filters.inception_3a", [64, 96, 128, 16, 32], "model.filters.inception_3a must have at least 6 items"),
    ("model.filters.inception_3a", [0, 96, 128, 16, 32, 32], "model.filters.inception_3a.0 must be greater than or"),
    ("model.filters.inception_6a", [1] * 6, "filters must have exactly the blocks inception_3a, inception_3b"),
    ("model.filters.inception_5b", ..., "filters must have exactly the blocks inception_3a, inception_3b"),
    ("tracking.alias", "latest", "alias cannot be 'latest'"),
    ("tracking.alias", "V3", "alias cannot be 'V3'"),
    ("tracking.alias", "my best", "alias cannot be 'my best'"),
    ("tracking.registered_model", "team/model", "registered_model must not contain '/' or ':', got 'team/model'"),
    ("tracking.experiment", "", "tracking.experiment"),
]


@pytest.mark.parametrize(("key", "value", "expected"), WRONG)
def test_a_wrong_value_is_refused_in_one_sentence(composed, key, value, expected):
    with pytest.raises(PipelineError) as caught:
        parse_config(changed(composed, key, value), "params.yaml")
    message = str(caught.value)
    assert message.startswith("params.yaml: ")
    assert expected in message
    assert message.endswith(".")
    assert "\n" not in message
    assert "Traceback" not in message
    assert caught.value.__suppress_context__


def test_each_of_several_troubles_is_told_once(composed):
    values = changed(changed(composed, "recipe.epochs", 0), "gate.floors.acuracy", 1)
    with pytest.raises(PipelineError) as caught:
        parse_config(values, "here")
    assert str(caught.value).count("recipe.epochs") == 1
    assert "did you mean 'gate.floors.accuracy'?" in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"groups": "pattern"}, "groups=pattern and group_pattern go together"),
        ({"group_pattern": "p[0-9]+"}, "groups=pattern and group_pattern go together"),
        (
            {"groups": "pattern", "group_pattern": "(", "source": "folder", "path": "x"},
            "group_pattern is no regular expression",
        ),
        ({"groups": "subfolder"}, "groups=subfolder needs images with paths"),
        ({"groups": "subfolder", "source": "table", "path": "x"}, "groups=subfolder needs class folders"),
        ({"fold": 2}, "fold needs folds"),
        ({"folds": 3, "fold": 4}, "fold must be from 1 to 3"),
        ({"folds": 1}, "data.folds must be greater than or equal to 2"),
    ],
)
def test_groups_and_folds_that_do_not_fit_together_are_refused(composed, changes, expected):
    values = copy.deepcopy(composed)
    values["data"] |= changes
    with pytest.raises(PipelineError) as caught:
        parse_config(values, "params.yaml")
    assert expected in str(caught.value)


def test_filters_in_another_order_are_refused(composed):
    backwards = {block: composed["model"]["filters"][block] for block in reversed(BLOCKS)}
    with pytest.raises(PipelineError, match="in this order"):
        parse_config(changed(composed, "model.filters", backwards), "here")


@pytest.mark.parametrize(("stem", "side"), [("imagenet", 32), ("small", 16)])
def test_the_smallest_image_of_each_stem_is_one_pixel_more_than_the_largest_refused(composed, stem, side):
    values = changed(changed(composed, "model.stem", stem), "data.width", side)
    assert parse_config(values, "here").data.width == side
    with pytest.raises(PipelineError, match=f"at least {side} for model.stem={stem}, got {side - 1}"):
        parse_config(changed(values, "data.width", side - 1), "here")


def test_the_tiny_stem_takes_the_smallest_image_there_is(composed):
    values = changed(changed(composed, "model.stem", "tiny"), "data.width", 8)
    assert parse_config(values, "here").data.width == 8
    with pytest.raises(PipelineError, match=r"at least 16 for model\.stem=small, got 8"):
        parse_config(changed(values, "model.stem", "small"), "here")
    with pytest.raises(PipelineError, match=r"data\.width must be greater than or equal to 8, got 7"):
        parse_config(changed(values, "data.width", 7), "here")


def test_one_cycle_without_a_warm_up_is_refused(composed):
    values = changed(changed(composed, "recipe.schedule", "one_cycle"), "recipe.warmup_epochs", 0)
    with pytest.raises(PipelineError, match="one_cycle rises during the warm-up: warmup_epochs must be at least 1"):
        parse_config(values, "here")


@pytest.mark.parametrize(("stem", "side"), [("imagenet", 65), ("small", 17), ("tiny", 9)])
def test_the_smallest_image_for_auxiliary_heads_leaves_five_pixels_at_4a(composed, stem, side):
    values = changed(changed(composed, "model.stem", stem), "model.auxiliary_heads", "paper")
    values = changed(changed(values, "data.height", side), "data.width", side)
    assert parse_config(values, "here").data.width == side
    with pytest.raises(PipelineError, match=f"at least {side} for auxiliary heads behind model.stem={stem}"):
        parse_config(changed(values, "data.width", side - 1), "here")


def test_an_integer_passes_for_a_float_and_settings_cannot_be_changed(composed):
    settings = parse_config(changed(composed, "gate.floors.accuracy", 1), "here")
    assert settings.gate.floors.accuracy == 1.0
    with pytest.raises(ValueError, match="frozen"):
        settings.recipe.epochs = 3


@pytest.mark.parametrize("alias", ["candidate", "v", "v3b", "Best_1-a", "latest2"])
def test_an_alias_that_mlflow_takes_passes(composed, alias):
    assert parse_config(changed(composed, "tracking.alias", alias), "here").tracking.alias == alias


def test_all_keys_reach_into_nested_sections():
    assert {"data", "data.split.seed", "recipe.augment.shift", "preset", "overrides"} <= set(all_keys())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("recipe.learning_rat", "recipe.learning_rate"),
        ("epochs", "recipe.epochs"),
        ("model.batch_size", "recipe.batch_size"),
        ("data.split.sed", "data.split.seed"),
        ("qqqqqq", None),
    ],
)
def test_the_nearest_key_is_found_by_its_whole_name_or_its_last_part(typed, meant):
    guess = f" (did you mean {meant!r}?)" if meant else ""
    assert unknown_key_message(typed) == f"unknown key {typed!r}{guess}"

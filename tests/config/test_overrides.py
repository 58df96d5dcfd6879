"""What was set beside conf/ is found again, in a grammar that Hydra reads back."""

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipeline.base.paths import project_root
from pipeline.config.compose import compose
from pipeline.config.overrides import quote_value

ROOT = project_root()
HARD = ["it's", '"', "a b", " a ", "é", "C:\\a", "C:\\\\a", "end\\", "\\'", "\\\\'", "$HOME", "a,b", "a:b", "a: b"]
HARD += ["null", "true", "1", "1.5", "1e5", "0x1", "1_0", "nan", "inf", ".5", "-", "::", ":a", "a:", "12:30:00", "yes"]
HARD += ["~", "[a]", "{a}", "a=b", "(a)", "2020-01-01", "#a", "a #b", "&a", "*a", "!a", "%a", "@a", "?", "", "..", "\t"]
PATHS = st.one_of(
    st.sampled_from([text for text in HARD if text]),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12),
    st.text("a/ \\'\",:$1.-_é", min_size=1, max_size=8),
).filter(lambda text: "${" not in text)
CLASS_NAMES = st.sampled_from(["cat", "7", "New York", "a/b", "x-1", "a,b", "(c)", "a:b", "1.5"])
CHOICES = st.fixed_dictionaries(
    {},
    optional={
        "model": st.sampled_from(["googlenet", "googlenet_bn", "googlenet_small", "googlenet_tiny"]),
        "recipe": st.sampled_from(["quick", "modern"]),
        "gate": st.sampled_from(["default", "open"]),
        "tracking": st.sampled_from(["local", "server"]),
    },
)
VALUES = st.fixed_dictionaries(
    {
        "data.path": PATHS.filter(lambda path: not path.startswith("~")),
        "data.height": st.integers(32, 64),
        "data.width": st.integers(32, 64),
    },
    optional={
        "recipe.epochs": st.integers(4, 100),
        "recipe.augment.flip": st.booleans(),
        "recipe.learning_rate": st.floats(1e-9, 10.0),
        "recipe.weight_decay": st.sampled_from([0, 0.0, 1, 0.5]),
        "model.dropout": st.floats(0.0, 0.99),
        "model.filters.inception_3a": st.lists(st.integers(1, 300), min_size=6, max_size=6),
        "gate.floors.accuracy": st.none() | st.floats(0.0, 1.0),
        "gate.floors.class_recall": st.none()
        | st.dictionaries(CLASS_NAMES, st.floats(0.0, 1.0), min_size=1, max_size=3),
        "tracking.uri": st.none() | PATHS,
        "tracking.experiment": PATHS,
        "tracking.system_metrics": st.booleans(),
    },
)


def read_back(text):
    return OverridesParser.create().parse_override(f"key={text}").value()


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | PATHS | st.sampled_from(HARD),
        lambda item: st.lists(item, max_size=3),
        max_leaves=4,
    )
)
@settings(max_examples=150, deadline=None)
def test_hydra_reads_a_quoted_value_back(value):
    back = read_back(quote_value(value))
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize("text", HARD)
def test_hydra_reads_a_hard_string_back(text):
    assert read_back(quote_value(text)) == text


@pytest.mark.parametrize("text", ["folder", "/photos/cats", "conf/data/digits.yaml", "a_b-c.d", "http://x:5000"])
def test_a_plain_word_is_left_unquoted(text):
    assert quote_value(text) == text


@given(source=st.sampled_from(["folder", "photos"]), choices=CHOICES, values=VALUES)
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
def test_recorded_overrides_compose_to_the_same_values_again(source, choices, values):
    preset = ["experiment=photos"] if source == "photos" else ["data=folder"]
    asked = [f"{group}={name}" for group, name in choices.items()]
    first = compose(ROOT, [*preset, *asked, *(f"{key}={quote_value(value)}" for key, value in values.items())])
    assert first["data"]["path"] == values["data.path"]
    assert compose(ROOT, first["overrides"]) == first


@pytest.mark.parametrize("text", ['it\'s "x"', "C:\\a", "end\\", "null", "nan", "1", "-", "a:", "a,b é"])
def test_a_hard_path_arrives_as_typed_and_composes_again(root, text):
    first = compose(root, ["data=folder", f"data.path={quote_value(text)}"])
    assert first["data"]["path"] == text
    assert compose(root, first["overrides"]) == first


@pytest.mark.parametrize(
    ("asked", "recorded"),
    [
        (["recipe.epochs=4"], ["recipe.epochs=4"]),
        (["recipe.epochs=12"], []),
        (["data=digits", "recipe=quick"], []),
        (["experiment=smoke"], ["experiment=smoke"]),
        (["experiment=smoke", "gate=default"], ["experiment=smoke", "gate=default"]),
        (["experiment=smoke", "recipe.epochs=1"], ["experiment=smoke"]),
        (["experiment=photos", "data.path=/x", "recipe=quick"], ["experiment=photos", "recipe=quick", "data.path=/x"]),
        (["++recipe.epochs=4"], ["recipe.epochs=4"]),
        (["data.split={seed: 3}"], ["data.split.seed=3"]),
        (["gate.floors.min_class_recall=null"], ["gate.floors.min_class_recall=null"]),
        (["gate.ceilings.latency_ms=20"], ["gate.ceilings.latency_ms=20"]),
        (["gate.floors.class_recall={7: 0.9, New York: 0.5}"], ["gate.floors.class_recall={7:0.9,New\\ York:0.5}"]),
        (["+gate.floors.class_f1.cat=0.9"], ["gate.floors.class_f1={cat:0.9}"]),
    ],
)
def test_what_is_recorded_is_what_differs_from_conf_with_the_same_choices(root, asked, recorded):
    assert compose(root, asked)["overrides"] == recorded


def test_a_derived_value_is_not_recorded_as_set(root):
    values = compose(root, ["data=mnist"])
    assert values["tracking"]["experiment"] == "googlenet-mnist"
    assert values["overrides"] == ["data=mnist"]


def test_an_override_that_refers_to_another_key_is_followed_and_composes_again(root):
    first = compose(root, ["tracking.experiment='mine-${model.name}'"])
    assert first["tracking"]["experiment"] == "mine-googlenet_small"
    assert compose(root, first["overrides"]) == first

"""params.yaml written and read, and compared with conf/."""

import shutil

import pytest

from pipeline.base.errors import PipelineError
from pipeline.config.compose import compose
from pipeline.config.fresh_params import check_fresh
from pipeline.config.params_file import read_params, read_values, write_params
from pipeline.params import main


@pytest.fixture
def project(root, tmp_path):
    """A copy of conf/ that tests may edit."""
    shutil.copytree(root / "conf", tmp_path / "conf")
    (tmp_path / "dvc.yaml").write_text("", encoding="utf-8")
    return tmp_path


def edit(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def refused(project):
    with pytest.raises(PipelineError) as caught:
        check_fresh(project)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_is_written_is_read_back(root, tmp_path):
    values = compose(
        root, ["data=folder", "data.path='null'", "gate.floors.accuracy=null", "recipe.learning_rate=1e-5"]
    )
    write_params(tmp_path, values)
    assert read_values(tmp_path) == values
    settings = read_params(tmp_path)
    assert (settings.data.path, settings.gate.floors.accuracy, settings.recipe.learning_rate) == ("null", None, 1e-5)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, "is missing"),
        (b"a: [1", "is not valid YAML"),
        (b"\xff", "is not valid YAML"),
        (b"- 1", "holds no settings"),
        (b"", "holds no settings"),
    ],
)
def test_a_file_that_holds_no_settings_is_refused_with_the_command_to_run(tmp_path, content, expected):
    if content is not None:
        (tmp_path / "params.yaml").write_bytes(content)
    with pytest.raises(PipelineError, match=f"params.yaml {expected}.*python -m pipeline.params") as caught:
        read_params(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_file_with_a_wrong_value_is_refused_by_name(root, tmp_path):
    values = compose(root)
    values["recipe"]["epochs"] = 0
    write_params(tmp_path, values)
    with pytest.raises(PipelineError, match=r"params\.yaml: recipe\.epochs must be greater"):
        read_params(tmp_path)


def test_main_tells_what_changed_and_leaves_the_file_alone_when_it_refuses(project):
    main(project)
    changed = main(project, ["recipe.epochs=4"])
    assert changed["recipe.epochs"] == (12, 4)
    assert set(changed) == {"recipe.epochs", "overrides"}
    before = (project / "params.yaml").read_bytes()
    with pytest.raises(PipelineError):
        main(project, ["recipe.epochs=0"])
    assert (project / "params.yaml").read_bytes() == before


@pytest.mark.parametrize("overrides", [[], ["experiment=smoke", "recipe.epochs=3"], ["data=folder", "data.path='a b'"]])
def test_freshly_written_params_pass(project, overrides):
    main(project, overrides)
    assert check_fresh(project) is None


def test_an_edit_in_conf_is_refused_with_key_both_values_and_command(project):
    main(project, ["model=googlenet_bn", "tracking.experiment='my run'", "data.height=64", "data.width=64"])
    edit(project / "conf/recipe/quick.yaml", "epochs: 12", "epochs: 20")
    message = refused(project)
    assert "recipe.epochs is 12, conf/ says 20" in message
    command = "python -m pipeline.params model=googlenet_bn data.height=64 data.width=64 'tracking.experiment="
    assert command in message
    assert "dropout" not in message


def test_the_command_that_is_named_makes_it_pass(project):
    main(project, ["experiment=smoke"])
    edit(project / "conf/gate/open.yaml", "accuracy: null", "accuracy: 0.5")
    assert "gate.floors.accuracy is null, conf/ says 0.5" in refused(project)
    main(project, ["experiment=smoke"])
    assert check_fresh(project) is None


def test_an_edit_of_a_comment_passes(project):
    main(project)
    edit(project / "conf/recipe/quick.yaml", "# how far an image may move", "# HOW FAR an image may move")
    assert check_fresh(project) is None


def test_an_edit_in_conf_of_an_overridden_value_passes(project):
    main(project, ["recipe.epochs=3"])
    edit(project / "conf/recipe/quick.yaml", "epochs: 12", "epochs: 20")
    assert check_fresh(project) is None


def test_params_edited_by_hand_are_refused(project):
    main(project)
    edit(project / "params.yaml", "dropout: 0.4", "dropout: 0.3")
    assert "model.dropout is 0.3, conf/ says 0.4" in refused(project)
    edit(project / "params.yaml", "  dropout: 0.3\n", "")
    assert "model.dropout is null, conf/ says 0.4" in refused(project)


def test_a_new_key_that_conf_does_not_have_is_refused(project):
    main(project)
    edit(project / "params.yaml", "  dropout: 0.4\n", "  dropout: 0.4\n  depth: 3\n")
    assert "model.depth is 3, conf/ says null" in refused(project)


def test_a_file_of_an_earlier_version_is_refused_in_short_with_the_command_that_writes_it_anew(root, project, command):
    main(project, ["experiment=smoke"])
    values = read_values(project)
    values["gate"] = {"name": "open", "accuracy": None, "top_k_accuracy": None, "macro_f1": None}
    del values["tracking"]["champion_alias"]
    write_params(project, values)
    with pytest.raises(
        PipelineError, match=r"gate.floors is missing.*python -m pipeline.params experiment=smoke$"
    ) as no:
        read_params(project)
    assert len(str(no.value)) < 600
    written = command(project, "pipeline.params", "experiment=smoke")
    assert written.code == 0
    assert "null -> null" not in written.output
    assert "tracking.champion_alias: null -> champion" in written.output
    assert check_fresh(project) is None


def test_keys_that_are_null_and_missing_are_counted(project):
    main(project)
    edit(project / "params.yaml", "    corrupted_accuracy: null\n", "")
    assert "(1 key with null in one of them only)" in refused(project)

"""Who becomes champion, in a real store: first, compared, incomparable, settled before, rolled back."""

import shutil

import mlflow
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from pipeline.base.errors import PipelineError
from pipeline.base.paths import PREPARED
from pipeline.data.dataset import Dataset
from pipeline.data.record import Record
from pipeline.evaluation.predictions_table import predictions_table
from pipeline.lifecycle.champion.champion_decision import decide_champion, verdict_tags
from pipeline.lifecycle.champion.champion_place import promote, standing_verdict
from pipeline.lifecycle.champion.champion_verdict import DECIDED
from pipeline.lifecycle.champion.decision_tags import COMPARISON, VERDICT
from pipeline.registry.aliases import move_alias
from pipeline.registry.ledger import read_ledger
from pipeline.registry.version_tags import replace_tags
from tests.conftest import CLASSES
from tests.packed_images import packed

NAME = "googlenet-digits"


@pytest.fixture(scope="module")
def prepared(config, tmp_path_factory):
    """A folder with 150 prepared images of the three classes, as the conftest's model takes them."""
    root = tmp_path_factory.mktemp("prepared")
    pixels = np.random.default_rng(0).integers(0, 256, (150, 32, 24, 3), np.uint8)
    records = [
        Record(f"{number}", CLASSES[number % 3], None, lambda number=number: Image.fromarray(pixels[number]))
        for number in range(150)
    ]
    split = config.data.split.model_copy(update={"test": 0.4, "near_duplicates": False})
    sizes = {"height": 32, "width": 24, "channels": 3, "resize": "crop", "split": split}
    packed(records, config.data.model_copy(update=sizes), root / PREPARED)
    return root


class Place:
    """A project's registry: versions whose evaluations were right for a share of the test images."""

    def __init__(self, root, config, model_file):
        self.root, self.config, self.model_file = root, config, model_file
        self.client = mlflow.MlflowClient()
        self.experiment = self.client.create_experiment("models", artifact_location=(root / "artifacts").as_uri())
        self.dataset = Dataset(root / PREPARED)

    def table(self, accuracy, classes=CLASSES):
        """Return the predictions table of a model that is right for the first share of the images of each split."""
        rows = self.dataset.manifest.query("position >= 0")
        right = rows.groupby("split")["position"].rank(pct=True).to_numpy() <= accuracy
        truth = rows["class_index"].to_numpy()
        chosen = np.where(right, truth, (truth + 1) % 3)
        return predictions_table(rows, np.eye(len(classes), dtype=np.float32)[chosen] * 0.8 + 0.05, list(classes))

    def add(self, table=None, files=True):
        """Register a version with this predictions table; return its number."""
        run = self.client.create_run(self.experiment).info.run_id
        if table is not None:
            file = self.root / "predictions.parquet"
            table.to_parquet(file, index=False)
            self.client.log_artifact(run, str(file), "evaluation")
        source = self.root / ("files" if files else "empty")
        source.mkdir(exist_ok=True)
        if files:
            shutil.copy(self.model_file, source)
        if not self.client.search_registered_models():
            self.client.create_registered_model(NAME)
        return int(self.client.create_model_version(NAME, str(source), run).version)

    def with_rule(self, **changes):
        champion = self.config.gate.champion.model_copy(update=changes)
        return self.config.model_copy(update={"gate": self.config.gate.model_copy(update={"champion": champion})})

    def decide(self, number, table, config=None):
        """Decide and record, as register does, but move nothing."""
        config = config or self.config
        verdict = decide_champion(number, table, CLASSES, config, self.root)
        replace_tags(NAME, number, verdict_tags(verdict, table, config), ("champion.",))
        return verdict

    def settle(self, number, table, config=None):
        verdict = standing_verdict(number, self.decide(number, table, config), config or self.config)
        promote(number, verdict, {"run": "r"}, config or self.config)
        return verdict

    @property
    def champion(self):
        number = self.client.get_registered_model(NAME).aliases.get("champion")
        return None if number is None else int(number)


@pytest.fixture
def place(prepared, config, empty_store, model_file, tmp_path, monkeypatch):
    shutil.copy(empty_store, tmp_path)
    (tmp_path / "outputs").symlink_to(prepared / "outputs")
    monkeypatch.chdir(tmp_path)
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/mlflow.db")
    return Place(tmp_path, config, model_file)


def test_the_first_version_becomes_champion_and_stays_it_when_asked_again(place):
    table = place.table(0.5)
    number = place.add(table)
    first = place.settle(number, table)
    assert (first.promoted, first.reason) == (True, "it is the first version that passes the gate")
    assert place.champion == number
    assert place.settle(number, table) == first
    tags = place.client.get_model_version(NAME, str(number)).tags
    assert (tags[COMPARISON], VERDICT in tags) == (first.reason, True)
    assert [(move.before, move.after) for move in read_ledger(NAME)] == [(None, 1)]


def test_by_hand_nobody_becomes_champion(place):
    number = place.add(table := place.table(0.5))
    verdict = place.settle(number, table, place.with_rule(rule="by_hand"))
    assert (verdict.promoted, place.champion) == (False, None)
    assert verdict.reason == "gate.champion.rule is by_hand, and there is no champion"


def test_a_better_version_takes_the_place_and_a_worse_one_does_not(place):
    for accuracy, champion in ((0.5, 1), (0.95, 2), (0.3, 2)):
        number = place.add(table := place.table(accuracy))
        verdict = place.settle(number, table)
        assert place.champion == champion
    assert (verdict.version, verdict.left_out, verdict.better) == (2, 0, False)
    assert verdict.record() == verdict.decided() | {"version": 2}
    assert verdict.decided().keys() == DECIDED
    assert verdict.images == (table["split"] == "test").sum()
    assert verdict.high < 0
    last = read_ledger(NAME)[-1]
    assert (last.before, last.after, last.evidence["run"]) == (1, 2, "r")
    assert {"difference", "low", "high", "p_value", "images", "rule"} <= set(last.evidence)


def test_a_crash_after_the_verdict_is_completed_by_running_again(place):
    place.settle(place.add(old := place.table(0.5)), old)
    number = place.add(new := place.table(0.95))
    first = place.decide(number, new)
    assert (first.promoted, place.champion) == (True, 1)
    assert place.settle(number, new) == first
    assert place.champion == number


def test_on_other_test_images_the_champion_classifies_todays_and_those_it_was_fitted_on_are_left_out(place):
    old, new = place.table(0.5), place.table(0.9)
    moved = old.index[old["split"] == "test"][:10]
    old.loc[moved, "split"] = "train"  # the champion was trained on ten of today's test images
    place.settle(place.add(old), old)
    verdict = place.settle(place.add(new), new)
    assert (verdict.left_out, verdict.images) == (10, (new["split"] == "test").sum() - 10)
    assert verdict.champion_value < 0.8  # an untrained network, on noise
    assert "10 of 60 test images are left out, the champion was fitted on them" in verdict.reason


@pytest.mark.parametrize(
    ("table", "files", "change", "sentence"),
    [
        (False, True, "nothing", "has no evaluation/predictions.parquet; it was not evaluated, or its files are gone"),
        (True, False, "split", "holds no .keras file"),
        (True, True, "all", "it was trained or validated on all test images of today"),
        (True, True, "size", "it takes other images (32×24, color, crop) than those prepared now (64×24, color, crop)"),
        (True, True, "classes", "classes differ: 4 → 3, gone 'tea'"),
    ],
)
def test_a_champion_that_cannot_be_compared_stays_and_it_is_said_why(place, table, files, change, sentence):
    old = place.table(0.5, (*CLASSES, "tea") if change == "classes" else CLASSES)
    tested = old.index[old["split"] == "test"]
    if change != "nothing":
        old.loc[tested[: len(tested) if change == "all" else 5], "split"] = "train"
    if change == "all":
        old = pd.concat([old, old.iloc[:1].assign(split="test", digest="another")], ignore_index=True)
    place.settle(place.add(old if table else None, files), old)
    if change == "size":
        copied = place.root / "copied"
        shutil.copytree(place.root / "outputs", copied, symlinks=False)
        (place.root / "outputs").unlink()
        copied.rename(place.root / "outputs")
        info = place.root / PREPARED / "dataset.json"
        text = info.read_text(encoding="utf-8")
        info.unlink()
        info.write_text(text.replace("32,", "64,", 1), encoding="utf-8")
    verdict = place.settle(place.add(new := place.table(0.95)), new)
    assert (verdict.promoted, verdict.images, place.champion) == (False, None, 1)
    assert verdict.reason.startswith("not compared with the champion: ")
    assert sentence in verdict.reason
    assert "\n" not in verdict.reason


def test_a_version_that_was_rolled_back_does_not_return_by_itself(place):
    place.settle(place.add(old := place.table(0.5)), old)
    number = place.add(new := place.table(0.95))
    assert place.settle(number, new).promoted
    move_alias(NAME, "champion", 1, action="rollback", reason="it failed in the shop")
    verdict = place.settle(number, new)
    assert (verdict.promoted, place.champion) == (False, 1)
    assert verdict.reason.startswith("it was the champion, and the alias was moved since")
    assert place.settle(number, new) == verdict
    verdict = place.settle(number, new, place.with_rule(margin=0.01))
    assert (verdict.promoted, place.champion) == (False, 1)
    assert verdict.reason.startswith("it was rolled back; only python -m pipeline.models promote --force makes it")
    move_alias(NAME, "champion", number, action="promote", reason="the shop is ready", forced=True)
    move_alias(NAME, "champion", 1, action="promote", reason="for comparison")
    verdict = place.settle(number, new, place.with_rule(margin=0.02))
    assert verdict.reason.startswith("shown to be better by more than 0.02")  # it was not rolled back last


def test_a_champion_that_changes_meanwhile_is_not_overwritten(place):
    place.settle(place.add(old := place.table(0.5)), old)
    number, other = place.add(new := place.table(0.95)), place.add(new)
    verdict = place.decide(number, new)
    move_alias(NAME, "champion", other, action="promote", reason="by somebody else")
    with pytest.raises(PipelineError, match="champion was moved to version 3 while this model was compared"):
        promote(number, verdict, {}, place.config)
    assert place.champion == other


def test_a_version_that_was_promoted_by_hand_is_the_champion_and_its_record_stays(place):
    place.settle(place.add(old := place.table(0.9)), old)
    number = place.add(new := place.table(0.5))
    first = place.settle(number, new)
    move_alias(NAME, "champion", number, action="promote", reason="urgent", forced=True)
    for _ in range(2):
        verdict = place.settle(number, new)
        assert (verdict.promoted, place.champion) == (True, number)
        assert verdict.reason == f"it was made the champion by hand; {first.reason}"
    assert place.client.get_model_version(NAME, str(number)).tags[COMPARISON] == first.reason
    verdict = place.settle(number, new, place.with_rule(margin=0.1))
    assert verdict.reason == "it was made the champion by hand; the rule was overruled with --force"


def test_a_champion_that_somebody_removed_does_not_return_by_itself(place):
    number = place.add(table := place.table(0.5))
    place.settle(number, table)
    place.client.delete_registered_model_alias(NAME, "champion")
    verdict = place.settle(number, table)
    assert (verdict.promoted, place.champion) == (False, None)
    assert "python -m pipeline.models promote --reason TEXT" in verdict.reason


def test_where_the_champion_was_deleted_the_next_version_is_not_the_first(place):
    place.settle(place.add(old := place.table(0.5)), old)
    place.client.delete_model_version(NAME, "1")
    verdict = place.settle(place.add(new := place.table(0.95)), new)
    assert (verdict.promoted, place.champion) == (False, None)
    assert verdict.reason.startswith("there is no champion any more; python -m pipeline.models promote --reason")


def test_a_first_move_that_was_interrupted_is_completed(place, monkeypatch):
    number = place.add(table := place.table(0.5))
    with monkeypatch.context() as patch:
        patch.setattr(mlflow.MlflowClient, "set_registered_model_alias", None)  # killed between ledger and alias
        with pytest.raises(TypeError):
            place.settle(number, table)
    assert (place.settle(number, table).promoted, place.champion) == (True, number)
    assert len(read_ledger(NAME)) == 1


def test_the_champion_under_another_rule_is_the_champion_already(place):
    number = place.add(table := place.table(0.5))
    place.settle(number, table)
    verdict = place.settle(number, table, place.with_rule(margin=0.1))
    assert (verdict.promoted, verdict.reason) == (True, "it is the champion already")

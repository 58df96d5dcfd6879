"""`dvc exp run`: other data, other settings, queues; photos with every kind of trouble. The tests run in order."""

import json
import sys
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from tests.end_to_end.file_contents import contents_below

CLASSES = ("a b", "ü-grün", "日本")
SMALL = ("-S", "experiment=smoke", "-S", "data=folder", "-S", "data.height=28", "-S", "data.width=28")
SMALL += ("-S", "model.normalization=none", "-S", "recipe.optimizer=sgd")  # half the time to trace


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Forty real pictures of each of three digits, as JPEG and PNG files in folders with awkward names."""
    folder = tmp_path_factory.mktemp("my photos")
    images, labels = load_digits(return_X_y=True)
    for digit, name in enumerate(CLASSES):
        (folder / name).mkdir()
        for index, image in enumerate(images[labels == digit][:40]):
            pixels = (image.reshape(8, 8) * 15.9).astype(np.uint8)
            suffix = ("jpg", "png")[index % 2]
            Image.fromarray(pixels).resize((48, 40)).convert("RGB").save(folder / name / f"{index:03d}.{suffix}")
    (folder / CLASSES[0] / "notes.jpg").write_text("not a picture")
    return folder


def test_a_folder_of_photos_needs_no_other_change(project, photos):
    output = project.succeed("dvc", "exp", "run", *SMALL, "-S", f"data.path='{photos}'", "-n", "photos")
    assert "left out a b/notes.jpg: not_an_image" in output
    summary = project.json("outputs/prepare/summary.json")
    assert (summary["images"], summary["left_out"]) == ({"train": 80, "validation": 25, "test": 15}, 1)
    table = pd.read_csv(project.root / "outputs/evaluate/per_class.csv")
    assert sorted(table["class"]) == sorted(CLASSES)
    assert project.json("outputs/register/decision.json")["registered"] is True


def test_no_output_names_a_folder_of_this_machine(project, photos):
    """But the overrides of a run, as they were typed."""
    paths = {path for folder in (project.root, photos, Path(sys.prefix)) for path in (str(folder), quote(str(folder)))}
    contents = list(contents_below(project.root / "outputs"))
    naming = {(name, path) for name, data in contents for path in paths if path.encode() in data}
    assert naming == {("train/run.json", str(photos))}
    names = {name for name, _ in contents}
    assert {"prepare/images/manifest.parquet", "train/model.keras/config.json", "register/decision.json"} <= names


@pytest.mark.parametrize(("engine", "tolerance"), [("keras", 1e-6), ("openvino", 0.02)])  # bfloat16 where there is
def test_predicting_the_test_photos_gives_what_evaluate_recorded(project, photos, tmp_path, engine, tolerance):
    recorded = pd.read_parquet(project.root / "outputs/evaluate/predictions.parquet").set_index("path").sort_index()
    file = tmp_path / "predictions.parquet"
    command = [sys.executable, "-m", "pipeline.predict", "-", "--engine", engine, "--output", str(file)]
    names = "\n".join(str(photos / path) for path in recorded.index)
    project.succeed("bash", "-c", f'printf "%s" "$0" | {" ".join(command)}', names)
    found = pd.read_parquet(file)
    assert list(found["path"]) == [str(photos / path) for path in recorded.index]
    columns = [f"p_{name}" for name in CLASSES]
    assert abs(found[columns].to_numpy() - recorded[columns].to_numpy()).max() <= tolerance


def test_a_new_photo_is_noticed(project, photos):
    assert "up to date" in project.succeed("dvc", "status")
    (photos / CLASSES[0] / "notes.jpg").unlink()
    assert "prepare" in project.succeed("dvc", "status")


def test_the_experiment_is_shown_with_its_settings_and_metrics(project):
    shown = json.loads(project.succeed("dvc", "exp", "show", "--json"))
    assert "'name': 'photos'" in str(shown)
    assert "data=folder" in project.succeed("dvc", "params", "diff")
    assert "accuracy" in project.succeed("dvc", "exp", "show", "--csv", "--only-changed")


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        (["recipe.epcohs=3"], "unknown key 'recipe.epcohs' (did you mean 'recipe.epochs'?)"),
        (["recipe.epochs=-1"], "recipe.epochs must be greater than or equal to 1, got -1"),
        (["model=goglenet"], "there is no conf/model/goglenet.yaml (did you mean 'googlenet'?)"),
        (["data=folder"], "path must name your folder of images"),
        (["data=folder", "data.path=/no/such/folder"], "data.path=/no/such/folder does not exist"),
    ],
)
def test_bad_settings_are_refused_in_one_sentence(project, command, overrides, sentence):
    before = (project.root / "params.yaml").read_bytes()
    arguments = [word for override in overrides for word in ("-S", override)]
    output = project.fail("dvc", "exp", "run", *arguments)
    assert sentence in output
    assert "unexpected error" not in output
    if "exist" not in sentence:
        assert (project.root / "params.yaml").read_bytes() == before
        by_hand = command(project.root, "pipeline.params", *overrides)
        assert by_hand.code == 1
        assert sentence in by_hand.errors
        assert len((by_hand.output + by_hand.errors).splitlines()) == 1


def test_folders_that_cannot_be_trained_on_are_refused_before_training(project, command, tmp_path):
    project.succeed("git", "checkout", "-q", ".")
    for case, sentence in (
        ("empty", "has no class subfolders"),
        ("one class", "has only the class 'cats'"),
        ("hollow class", "holds no files"),
        ("only text", "no image of class 'cats' is left (cats/1.jpg: not_an_image: "),
    ):
        folder = tmp_path / case
        folder.mkdir()
        if case != "empty":
            (folder / "cats").mkdir()
        if case in ("one class", "hollow class"):
            Image.new("RGB", (20, 20)).save(folder / "cats" / "1.png")
        if case == "only text":
            (folder / "cats" / "1.jpg").write_text("no picture")
        if case in ("hollow class", "only text"):
            (folder / "dogs").mkdir()
        if case == "only text":
            Image.new("RGB", (20, 20)).save(folder / "dogs" / "1.png")
        assert command(project.root, "pipeline.params", "data=folder", f"data.path='{folder}'").code == 0
        refused = command(project.root, "pipeline.prepare")
        assert refused.code == 1
        assert sentence in refused.errors
        assert len(refused.errors.splitlines()) == 1
    project.succeed("git", "checkout", "-q", ".")

"""Photos from a versioned folder, a table and an archive in S3, through DVC. The tests run in order."""

import io
import os
import shutil
import sys
import zipfile

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from pipeline.base.processes.process_identity import machine
from tests.end_to_end.conftest import Project

CLASSES = ("1", "2", "10")
TINY = ["experiment=smoke", "model=googlenet_tiny", "model.width=0.125", "recipe.epochs=1", "data.height=16"]
TINY += ["data.width=16", "model.normalization=none", "recipe.optimizer=sgd", "gate=open"]


def pictures(per_class=30):
    """Yield (class, number, image) of real pictures of three digits."""
    images, labels = load_digits(return_X_y=True)
    for digit, name in enumerate(CLASSES):
        for number, image in enumerate(images[labels == digit][:per_class]):
            pixels = (image.reshape(8, 8) * 15.9).astype(np.uint8)
            yield name, number, Image.fromarray(pixels).resize((48, 40)).convert("RGB")


def settings(*overrides):
    return [part for override in (*TINY, *overrides) for part in ("-S", override)]


def manifest(project):
    return pd.read_parquet(project.root / "outputs/prepare/manifest.parquet")


def test_photos_that_dvc_add_versions_with_a_relative_path(project):
    for name, number, image in pictures():
        folder = project.root / "photos" / name
        folder.mkdir(parents=True, exist_ok=True)
        image.save(folder / f"{number:02d}.png")
    (project.root / "photos/readme.txt").write_text("not an image")
    (project.root / "photos/1/broken.png").write_bytes((project.root / "photos/1/00.png").read_bytes()[:80])
    project.succeed("dvc", "add", "photos")
    output = project.succeed("dvc", "exp", "run", *settings("data=folder", "data.path=photos"))
    assert "left out 1/broken.png: truncated" in output
    assert "left out readme.txt: outside_classes" in output
    summary = project.json("outputs/prepare/summary.json")
    assert sum(summary["images"].values()) == 90
    assert (summary["left_out"], summary["findings"]["truncated"]) == (2, 1)
    assert project.json("outputs/register/decision.json")["registered"] is True
    lock = (project.root / "dvc.lock").read_text()
    assert str(project.root) not in lock
    assert str(project.root) not in (project.root / "outputs/prepare/report.html").read_text()


def test_who_pulled_the_prepared_data_trains_without_the_photos(project, empty_store, tmp_path):
    project.succeed("git", "clone", "-q", ".", str(tmp_path / "clone"))
    clone = Project(tmp_path / "clone")
    for name in ("dvc.lock", "photos.dvc", "outputs/prepare/summary.json"):  # what git shares
        (clone.root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(project.root / name, clone.root / name)
    shutil.copy(empty_store, clone.root)
    clone.succeed("dvc", "remote", "add", "-q", "-d", "shared", str(project.root / ".dvc/cache"))
    clone.succeed("dvc", "pull", "-q", "outputs/prepare/images")
    compose = [sys.executable, "-m", "pipeline.params", *TINY, "data=folder"]
    clone.succeed(*compose, "data.path=photos", "recipe.learning_rate=0.002")
    output = clone.succeed("dvc", "repro", "--allow-missing", "train")
    assert "Running stage 'train'" in output
    assert "Running stage 'prepare'" not in output
    assert not (clone.root / "photos").exists()
    assert "photos" in clone.fail("dvc", "repro", "--force", "prepare").splitlines()[-1]
    clone.succeed(*compose, "data.path=photos", "data.height=32")
    assert "data.path=photos does not exist" in clone.fail("dvc", "repro", "--allow-missing")


def test_classes_are_in_natural_order(project):
    assert project.json("outputs/prepare/images/dataset.json")["classes"] == list(CLASSES)


def test_more_photos_are_noticed_and_a_copy_is_reported(project):
    """What was decoded before is not decoded again, no image moves, and what a killed process left is removed."""
    before = manifest(project).set_index("path")["split"]
    (project.root / "photos/2/copy.png").write_bytes((project.root / "photos/2/05.png").read_bytes())
    project.succeed("dvc", "add", "photos")
    dead = 4194305  # a greater number than any process has
    killed = project.root / f"outputs/prepare/.partial-{dead}-{machine()}-abcdefgh"
    killed.mkdir()
    output = project.succeed("dvc", "repro", "prepare")
    assert "images: 91 of 92 were decoded by an earlier preparation" in output
    assert "split: 0 of 90 earlier images moved; 0 were added, 0 removed" in output
    assert "kept 2 images: the same image twice (exact_duplicate)" in output
    assert project.json("outputs/prepare/summary.json")["findings"]["exact_duplicate"] == 2
    assert manifest(project).set_index("path")["split"].reindex(before.index).equals(before)
    assert not killed.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes")
def test_what_dvc_would_stop_or_wait_at_is_named_before(project):
    os.mkfifo(project.root / "photos/1/pipe")
    (project.root / "photos/1/gone.png").symlink_to("nowhere")
    place = ["data=folder", "data.path=photos"]
    project.succeed(sys.executable, "-m", "pipeline.params", *TINY, *place, "data.mirror=false")
    output = project.fail("dvc", "repro", "params")
    assert "1/gone.png (a link to nothing)" in output
    assert "1/pipe (a named pipe)" in output
    (project.root / "version.txt").write_text("1")
    project.succeed(sys.executable, "-m", "pipeline.params", *TINY, *place, "data.depends_on=version.txt")
    output = project.succeed("dvc", "repro", "prepare")
    assert "left out 1/pipe: not_a_file: a named pipe" in output
    (project.root / "photos/1/pipe").unlink()
    (project.root / "photos/1/gone.png").unlink()


def test_a_finding_that_stops_leaves_the_report(project):
    strict = ["data=folder", "data.path=photos", "data/audit=strict"]
    project.succeed(sys.executable, "-m", "pipeline.params", *TINY, *strict)
    output = project.fail("dvc", "repro", "prepare")
    assert "the audit found 1 outside_classes, 1 truncated, 2 exact_duplicate" in output
    assert "copy.png" in (project.root / "outputs/prepare/report.html").read_text()


def test_a_table_with_groups_and_weights(project):
    folder = project.root / "tabled"
    folder.mkdir()
    rows = []
    for name, number, image in pictures():
        file = f"{name}_{number}.jpg"
        image.save(folder / file)
        rows.append((file, f"0{name}", f"writer {number // 3}", 1 + number % 2))
    table = pd.DataFrame(rows, columns=["image", "digit", "writer", "weight"])
    table.to_csv(folder / "labels.csv", index=False)
    columns = ["path=image", "label=digit", "group=writer", "weight=weight", "file=labels.csv"]
    chosen = ["data=table", "data.path=tabled", *(f"data.table.{column}" for column in columns)]
    project.succeed(sys.executable, "-m", "pipeline.params", *TINY, *chosen)
    project.succeed("dvc", "repro", "train")
    prepared = manifest(project)
    assert set(prepared["label"]) == {"01", "02", "010"}
    assert (prepared.groupby("group")["split"].nunique() == 1).all()
    assert set(prepared["split"]) == {"train", "validation", "test"}
    assert set(prepared["weight"]) == {1.0, 2.0}


def test_an_archive_in_s3(project, s3):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as members:
        for name, number, image in pictures():
            file = io.BytesIO()
            image.save(file, "WEBP", lossless=True)
            members.writestr(f"photos/{'test' if number < 6 else 'train'}/{name}/{number}.webp", file.getvalue())
    s3.put_object(Bucket="bucket", Key="photos.zip", Body=archive.getvalue())
    place = ["data=folder", "data.path=s3://bucket/photos.zip"]
    project.succeed(sys.executable, "-m", "pipeline.params", *TINY, *place)
    project.succeed("dvc", "repro", "prepare")
    assert project.json("outputs/prepare/summary.json")["images"]["test"] == 18
    assert "Stage 'prepare' didn't change" in project.succeed("dvc", "repro", "prepare")
    s3.put_object(Bucket="bucket", Key="photos.zip", Body=archive.getvalue() + b" ")
    assert "s3://bucket/photos.zip" in project.succeed("dvc", "status", "prepare")

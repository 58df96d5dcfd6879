"""The command `python -m pipeline.audit`."""

import zipfile

import pandas as pd
import pytest

from pipeline.audit import audit_config
from pipeline.base.errors import PipelineError
from tests.data.audit.scenes import scene

HOSTILE = "a 'quoted' \"name\" <script>alert(1)<b>\n" + "x" * 180 + ".png"


@pytest.fixture
def photos(tmp_path):
    """Return a folder with splits: 12 images of two classes, one of them in both splits."""
    folder = tmp_path / "my photos"
    for split, first, count in (("train", 0, 4), ("test", 3, 2)):
        for label in ("cat", "dog"):
            (folder / split / label).mkdir(parents=True)
            for number in range(first, first + count):
                scene(number + 100 * (label == "dog")).save(folder / split / label / f"{number}.png")
    return folder


def run(command, folder, *arguments):
    return command(folder, "pipeline.audit", *map(str, arguments), "--set", "small_class=ignore")


def test_a_leak_is_found_named_and_fails(command, photos, tmp_path):
    ended = run(command, tmp_path, photos, "--fix-list", "fix.csv")
    assert ended.code == 3
    assert "left out train/cat/3.png: split_leak: the same pixels are in test and train" in ended.output
    assert "files: 12, classes: 2; the report: audit.html" in ended.output
    fixes = pd.read_csv(tmp_path / "fix.csv")
    assert fixes[["suggestion", "path", "other"]].to_numpy().tolist() == [
        ["move", "train/cat/3.png", "test/cat/3.png"],
        ["move", "train/dog/3.png", "test/dog/3.png"],
    ]
    assert "test/cat/3.png" in (tmp_path / "audit.html").read_text()


def test_the_source_is_not_changed(command, photos, tmp_path):
    before = {path: path.read_bytes() for path in photos.rglob("*.png")}
    run(command, tmp_path, photos)
    assert {path: path.read_bytes() for path in photos.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--fail-on", "never"], 0),
        (["--set", "split_leak=warn"], 0),
        (["--set", "split_leak=warn", "--fail-on", "warn"], 3),
        (["--set", "split_leak=ignore", "--fail-on", "warn"], 0),
        (["--set", "split_leak=stop"], 3),
    ],
)
def test_the_exit_code_is_what_ci_needs(command, photos, tmp_path, arguments, code):
    assert run(command, tmp_path, photos, *arguments).code == code


def test_an_archive_gives_the_same_as_its_folder(command, photos, tmp_path):
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        for path in sorted(photos.rglob("*.png")):
            archive.write(path, path.relative_to(photos))
    run(command, tmp_path, photos, "--fix-list", "folder.csv")
    run(command, tmp_path, "photos.zip", "--fix-list", "archive.csv")
    assert (tmp_path / "archive.csv").read_text() == (tmp_path / "folder.csv").read_text()


def test_a_folder_without_classes_and_hostile_names(command, tmp_path):
    folder = tmp_path / "flat"
    folder.mkdir()
    scene(1).save(folder / HOSTILE)
    scene(1).save(folder / "b.png")
    (folder / "c.png").write_text("not an image")
    ended = run(command, tmp_path, folder)
    assert ended.code == 3
    assert "left out c.png: not_an_image" in ended.output
    page = (tmp_path / "audit.html").read_text()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;b&gt;" in page


def test_a_table_names_the_classes(command, photos, tmp_path):
    rows = [f"train/cat/{number}.png,{'owl' if number == 3 else 'cat'}" for number in range(4)]
    (photos / "labels.csv").write_text("\n".join(["path,label", *rows, "test/cat/3.png,cat"]))
    ended = run(command, tmp_path, photos, "--table", "labels.csv")
    assert "train/cat/3.png: label_conflict: the same pixels are in the classes" in ended.output
    assert "test/dog/3.png: outside_classes: in no row of labels.csv" in ended.output


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("near=drop", "unknown key 'near'"),
        ("dark=delete", "dark must be one of 'drop', 'warn', 'stop', 'ignore', got 'delete'"),
        ("limits.dark=300", "limits.dark must be less than or equal to 255"),
        ("dark", "is not KEY=VALUE"),
        ("unreadable=warn", "unreadable must be one of 'drop', 'stop'"),
        ("limits.dark=[", "limits.dark"),
        ("a.b.c=1", "is not KEY=VALUE"),
    ],
)
def test_impossible_settings_are_refused(setting, message):
    with pytest.raises(PipelineError) as refused:
        audit_config([setting])
    assert message in str(refused.value)


def test_settings_take_their_types():
    config = audit_config(["dark=drop", "limits.dark=30", "data.audit.limits.pixels=1000"])
    assert (config.dark, config.limits.dark, config.limits.pixels) == ("drop", 30.0, 1000)


@pytest.mark.parametrize("path", ["nowhere", "nowhere.zip"])
def test_a_wrong_path_is_one_sentence(command, tmp_path, path):
    ended = run(command, tmp_path, path)
    assert (ended.code, ended.output) == (1, "")
    assert ended.errors.startswith("error: ")
    assert path in ended.errors
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--output", "missing/page.html"], "cannot be written"),
        (["--output", "photo.jpg"], "must end in .html"),
        (["--fix-list", "audit.html"], "must end in .csv"),
        (["--column", "path=x"], "--column needs --table"),
        (["--table", "labels.csv", "--column", "color=x"], "is not KIND=NAME"),
    ],
)
def test_wrong_outputs_and_columns_are_refused_before_the_work(command, photos, tmp_path, arguments, message):
    ended = run(command, tmp_path, photos, *arguments)
    assert (ended.code, ended.output) == (1, "")
    assert message in ended.errors
    assert [path.name for path in tmp_path.iterdir()] == ["my photos"]


def test_a_second_audit_of_the_current_folder_does_not_count_the_page_of_the_first(command, photos):
    first = run(command, photos, ".", "--fix-list", "fix.csv")
    second = run(command, photos, ".", "--fix-list", "fix.csv")
    assert first.output == second.output
    assert "<h1>my photos</h1>" in (photos / "audit.html").read_text().replace("<bdi>", "").replace("</bdi>", "")


def test_an_empty_folder_is_an_error(command, tmp_path):
    (tmp_path / "empty").mkdir()
    assert "there are no files in" in run(command, tmp_path, tmp_path / "empty").errors


def test_what_cannot_be_trained_on_is_audited(command, photos, tmp_path):
    (photos / "train/owl").mkdir()
    (photos / "test/crow").mkdir()
    scene(77).save(photos / "test/crow/a.png")
    assert run(command, tmp_path, photos).code == 3


def test_columns_of_a_table_can_have_any_name(command, photos, tmp_path):
    rows = ["file_name,kind,fold", "train/cat/0.png,cat,train", "train/dog/0.png,dog,test", "test/cat/3.png,cat,test"]
    (photos / "l.csv").write_text("\n".join([*rows, "train/cat/3.png,cat,train"]))
    columns = [part for one in ("path=file_name", "label=kind", "split=fold") for part in ("--column", one)]
    assert "train/cat/3.png: split_leak" in run(command, tmp_path, photos, "--table", "l.csv", *columns).output

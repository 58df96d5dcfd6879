import os
import sys

import pytest
from PIL import Image

from pipeline.base.errors import PipelineError
from pipeline.data.sources import list_records
from pipeline.data.sources.folder import folder_records


@pytest.fixture
def photos(tmp_path):
    def photos(*files):
        for name in files:
            file = tmp_path / "photos" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            if not name.endswith("/.keep"):
                Image.new("RGB", (4, 4)).save(file)
        return tmp_path / "photos"

    return photos


def listed(path):
    return [(record.path, record.label, record.split) for record in folder_records(path)]


def test_class_folders_give_sorted_records_without_a_split(photos):
    path = photos("dog/2.png", "cat/b.JPG", "cat/a.jpeg", "dog/10.webp")
    assert listed(path) == [
        ("cat/a.jpeg", "cat", None),
        ("cat/b.JPG", "cat", None),
        ("dog/10.webp", "dog", None),
        ("dog/2.png", "dog", None),
    ]


def test_records_open_their_own_file(photos):
    path = photos("cat/a.png", "dog/a.png")
    Image.new("RGB", (9, 5)).save(path / "dog/a.png")
    with folder_records(path)[1].open() as image:
        assert image.size == (9, 5)


def test_spaces_and_non_ascii_names_are_kept(photos):
    path = photos("Grüner Tee/erste tasse.png", "日本 茶/茶 1.png")
    assert listed(path) == [("Grüner Tee/erste tasse.png", "Grüner Tee", None), ("日本 茶/茶 1.png", "日本 茶", None)]


def test_train_and_test_only_leave_the_training_images_to_be_cut(photos):
    path = photos("train/a/1.png", "train/b/1.png", "test/a/2.png", "test/b/2.png")
    assert {(record.path[:5], record.split) for record in folder_records(path)} == {("train", None), ("test/", "test")}


@pytest.mark.parametrize("names", [("train", "val", "test"), ("Training", "valid", "Testing")])
def test_train_val_and_test_say_every_split(photos, names):
    path = photos(*(f"{name}/{label}/1.png" for name in names for label in "ab"))
    assert {record.path.split("/")[0]: record.split for record in folder_records(path)} == dict(
        zip(names, ("train", "validation", "test"), strict=True)
    )
    assert {record.label for record in folder_records(path)} == {"a", "b"}


def test_folders_beside_split_folders_are_refused_and_named(photos):
    path = photos("train/a/1.png", "test/a/1.png", "extra/1.png")
    with pytest.raises(PipelineError, match=r"others beside them \(extra\)"):
        folder_records(path)


def test_nested_folders_belong_to_their_class(photos):
    assert listed(photos("a/x/y/1.png", "a/2.png", "b/1.png")) == [
        ("a/2.png", "a", None),
        ("a/x/y/1.png", "a", None),
        ("b/1.png", "b", None),
    ]


def test_what_is_hidden_or_no_image_is_passed_over(photos):
    path = photos("a/1.png", "b/1.png", "a/.2.png", "a/.thumbs/3.png", ".git/4.png")
    (path / "a/notes.txt").write_text("x")
    (path / "readme.md").write_text("x")
    assert [one[0] for one in listed(path)] == ["a/1.png", "b/1.png"]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (["a/1.png", "b/.keep"], r"class folder .*b holds no images"),
        (["train/a/1.png", "train/b/1.png", "test/a/1.png", "test/b/.keep"], r"class folder .*test/b holds no images"),
        (["train/a/1.png", "test/a/1.png", "test/owl/1.png"], r"no training images for the classes owl"),
        (["val/a/1.png", "test/a/1.png"], r"test, validation folders but no train folder"),
        (["train/1.png", "test/1.png"], r"has no class subfolders"),
        (["1.png"], r"photos has no class subfolders"),
    ],
)
def test_a_malformed_folder_is_refused(photos, files, message):
    with pytest.raises(PipelineError, match=message):
        folder_records(photos(*files))


def test_a_missing_path_and_a_file_are_refused(tmp_path):
    with pytest.raises(PipelineError, match="photos does not exist"):
        folder_records(tmp_path / "photos")
    (tmp_path / "photos").write_text("x")
    with pytest.raises(PipelineError, match="photos is a file, not a folder"):
        folder_records(tmp_path / "photos")


def test_a_link_back_into_its_own_folder_repeats_no_image(photos):
    path = photos("a/1.png", "b/1.png")
    (path / "a/again").symlink_to(path / "a")
    assert [one[0] for one in listed(path)] == ["a/1.png", "b/1.png"]


def test_links_to_other_folders_are_followed(photos, tmp_path):
    path = photos("a/1.png", "b/1.png")
    (path / "b").rename(tmp_path / "elsewhere")
    (path / "b").symlink_to(tmp_path / "elsewhere")
    assert [one[0] for one in listed(path)] == ["a/1.png", "b/1.png"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems make no such names")
@pytest.mark.parametrize("name", [b"caf\xe9", b"a/caf\xe9.png", b"a/caf\xe9/1.png"])
def test_names_that_are_not_utf_8_are_refused(photos, name):
    path = photos("a/1.png", "b/1.png")
    file = os.path.join(os.fsencode(path), name)  # noqa: PTH118
    if name.endswith(b".png"):
        os.makedirs(os.path.dirname(file), exist_ok=True)  # noqa: PTH103, PTH120
    else:
        os.makedirs(file)  # noqa: PTH103
        file = os.path.join(file, b"1.png")  # noqa: PTH118
    with open(file, "wb"):  # noqa: PTH123
        pass
    with pytest.raises(PipelineError, match="not valid UTF-8"):
        folder_records(path)


def test_the_configured_path_is_taken_from_the_root(photos, config):
    path = photos("a/1.png", "b/1.png")
    settings = {"source": "folder", "path": path.name}
    found = list_records(config.data.model_copy(update=settings), path.parent)
    assert [record.path for record in found] == ["a/1.png", "b/1.png"]
    settings["path"] = str(path)
    assert len(list_records(config.data.model_copy(update=settings), path / "elsewhere")) == 2

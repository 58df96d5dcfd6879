"""Files, folders, patterns and lists, with the label of each file."""

import io
import os
from pathlib import Path

import pytest

from pipeline.base.errors import PipelineError
from pipeline.data.image_files import image_files
from pipeline.inference.file_list import listed_files


@pytest.fixture
def tree(tmp_path, monkeypatch):
    for name in (
        "cat/b.jpg",
        "cat/a.PNG",
        "cat/deep/c.webp",
        "dog 🐕/a.jpg",
        "dog 🐕/notes.txt",
        ".hidden/a.jpg",
        "a.jpg",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def named(*arguments):
    return [(os.fspath(file.path), file.label) for file in listed_files(arguments)]


def test_a_folder_is_searched_at_any_depth(tree):
    assert named("cat") == [("cat/a.PNG", "cat"), ("cat/b.jpg", "cat"), ("cat/deep/c.webp", "deep")]


def test_labels_are_the_subfolders_of_the_named_folder(tree):
    labels = dict(named("."))
    assert labels["cat/deep/c.webp"] == labels["cat/b.jpg"] == "cat"
    assert labels["dog 🐕/a.jpg"] == "dog 🐕"
    assert labels["a.jpg"] == tree.name
    assert len(labels) == 5


def test_a_folder_gives_every_image_format_and_files_without_a_suffix(tmp_path):
    photos = ["a.HEIC", "b.jfif", "c.avif", "d.ppm", "e", "f.jp2"]
    others = [
        ".hidden.jpg",
        "Thumbs.db",
        "desktop.ini",
        "notes.txt",
        "photo.jpg~",
        "labels.csv",
        "video.mp4",
        "page.pdf",
    ]
    litter = ["__MACOSX/a.jpg", "@eaDir/b.jpg", "$RECYCLE.BIN/c.jpg", ".git/d.jpg"]
    for name in (*photos, *others, *litter):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [os.path.relpath(path, tmp_path) for path, _ in named(str(tmp_path))] == photos


def test_a_file_is_taken_as_it_is_and_labeled_by_its_folder(tree):
    assert named("cat/b.jpg", "dog 🐕/notes.txt", "missing.jpg") == [
        ("cat/b.jpg", "cat"),
        ("dog 🐕/notes.txt", "dog 🐕"),
        ("missing.jpg", tree.name),
    ]


def test_patterns_are_expanded(tree):
    assert [path for path, _ in named("*/*.jpg")] == ["cat/b.jpg", "dog 🐕/a.jpg"]
    assert [path for path, _ in named("**/c.*")] == ["cat/deep/c.webp"]
    assert len(named("**")) == len({path for path, _ in named("**")}) == 6  # notes.txt is named by the pattern


def test_a_file_with_brackets_in_its_name_is_no_pattern(tree):
    (tree / "x[1].jpg").touch()
    assert [path for path, _ in named("x[1].jpg")] == ["x[1].jpg"]


def test_a_list_comes_from_standard_input(tree, monkeypatch):
    for text in (b"cat/b.jpg\na.jpg\n", b"cat/b.jpg\r\na.jpg", b"cat/b.jpg\0a.jpg\0"):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
        assert [path for path, _ in named("-", "cat/a.PNG")] == ["cat/b.jpg", "a.jpg", "cat/a.PNG"]


@pytest.mark.parametrize(
    ("argument", "sentence"),
    [
        ("", "an argument is empty"),
        ("*.gif", r"no file matches \*\.gif"),
        ("empty", "there are no image files in empty"),
        ("-", "standard input lists no files"),
    ],
)
def test_nothing_to_classify_is_one_sentence(tree, monkeypatch, argument, sentence):
    (tree / "empty").mkdir()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\n")))
    with pytest.raises(PipelineError, match=sentence):
        named("cat", argument)


def test_a_folder_that_cannot_be_read_is_listed(tree, monkeypatch):
    """Root can read every folder: `os.scandir` stands for the system's refusal."""
    scandir = os.scandir

    def refusing(path):
        if os.fspath(path).endswith("deep"):
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return scandir(path)

    monkeypatch.setattr("os.scandir", refusing)
    assert named("cat") == [("cat/a.PNG", "cat"), ("cat/b.jpg", "cat"), ("cat/deep", "deep")]
    with pytest.raises(PipelineError, match=r"the folder cat/deep cannot be read \(Permission denied\)"):
        list(image_files(Path("cat")))


def test_a_link_back_is_not_followed(tree):
    (tree / "cat" / "up").symlink_to(tree / "cat")
    assert len(named("cat")) == 3

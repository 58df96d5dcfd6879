import os
import socket
import sys

import pytest
from PIL import Image

from pipeline.base.errors import PipelineError
from pipeline.data.sources import list_source
from pipeline.data.sources.choice import Choice
from pipeline.data.sources.folder import list_tree
from pipeline.data.sources.trees.open_tree import open_tree


def listing(path, layout="auto", **options):
    return list_tree(open_tree(str(path), path.parent), layout, **options)


def listed(path, layout="auto", **options):
    return [(record.path, record.label, record.split) for record in listing(path, layout, **options).records]


def left_out(path, **options):
    return {one.path: (one.verdict, one.reason) for one in listing(path, **options).left_out}


def test_class_folders_give_records_in_natural_order_without_a_split(photos):
    path = photos("dog/10.webp", "dog/2.png", "cat/b.JPG", "cat/a.jpeg")
    assert listed(path) == [
        ("cat/a.jpeg", "cat", None),
        ("cat/b.JPG", "cat", None),
        ("dog/2.png", "dog", None),
        ("dog/10.webp", "dog", None),
    ]


def test_records_open_their_own_file(photos):
    path = photos("cat/a.png", "dog/a.png")
    Image.new("RGB", (9, 5)).save(path / "dog/a.png")
    with listing(path).records[1].open() as image:
        assert image.size == (9, 5)


def test_spaces_and_non_ascii_names_are_kept(photos):
    path = photos("Grüner Tee/erste tasse.png", "日本 茶/茶 1.png")
    assert listed(path) == [("Grüner Tee/erste tasse.png", "Grüner Tee", None), ("日本 茶/茶 1.png", "日本 茶", None)]


def test_numbered_classes_are_in_the_order_of_their_numbers(photos):
    """REPORTS row 13."""
    path = photos(*(f"{number}/1.png" for number in range(1, 13)))
    assert listing(path).classes == [str(number) for number in range(1, 13)]


def test_any_file_in_a_class_folder_may_be_an_image_and_the_others_are_named(photos):
    """REPORTS row 2: what Pillow cannot read is for the decoder to find, not for the file's name."""
    formats = ("png", "HEIC", "jfif", "avif", "ppm", "txt")
    path = photos(*(f"{label}/1.{suffix}" for label in ("cat", "dog") for suffix in formats), "cat/no_suffix")
    for number in range(30):
        (path / f"{number}.png").write_bytes(b"")
    found = listing(path)
    assert len(found.records) == 13
    assert [(one.path, one.verdict, one.reason) for one in found.left_out] == [
        (f"{number}.png", "outside_classes", "beside the class folders") for number in range(30)
    ]


def test_hidden_files_and_litter_are_passed_over(photos):
    litter = ("Thumbs.db", "desktop.ini", ".DS_Store", "Icon\r", "b.png~", "__MACOSX/a/1.png", "@eaDir/x/1.png")
    path = photos("a/1.png", "b/1.png", "a/.2.png", "a/.thumbs/3.png", ".git/4.png", *litter,
                  *(f"a/{name}" for name in litter))  # fmt: skip
    assert [one[0] for one in listed(path)] == ["a/1.png", "b/1.png"]
    assert left_out(path) == {}


def test_nested_folders_belong_to_their_class(photos):
    assert listed(photos("a/x/y/1.png", "a/2.png", "b/1.png")) == [
        ("a/2.png", "a", None),
        ("a/x/y/1.png", "a", None),
        ("b/1.png", "b", None),
    ]


def test_a_flat_folder_is_listed_on_request(photos):
    path = photos("2.png", "10.png")
    assert listed(path, choice=Choice(lenient=True)) == [("2.png", "", None), ("10.png", "", None)]
    assert listing(photos("cat/1.png"), choice=Choice(lenient=True)).classes == ["cat"]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (["a/1.png", "b/"], r"class folder .*b holds no files"),
        (["train/a/1.png", "train/b/1.png", "test/a/1.png", "test/b/"], r"class folder .*test/b holds no files"),
        (["train/a/1.png", "train/b/1.png", "test/a/1.png", "test/owl/1.png"], r"no training images for .* owl"),
        (["val/a/1.png", "val/b/1.png", "test/a/1.png"], r"images for test and validation, but none to train on"),
        (["train/1.png", "test/1.png"], r"has no class subfolders"),
        (["train/a/1.png", "train/b/1.png", "test/1.png"], r"test has no class subfolders.*data.layout=classes"),
        (["1.png"], r"photos has no class subfolders"),
        ([".git/1.png"], r"photos has no class subfolders"),
    ],
)
def test_a_malformed_folder_is_refused(photos, files, message):
    with pytest.raises(PipelineError, match=message):
        listing(photos(*files))


def test_a_missing_path_and_a_file_are_refused(tmp_path):
    with pytest.raises(PipelineError, match="photos does not exist"):
        listing(tmp_path / "photos")
    (tmp_path / "photos").write_text("x")
    with pytest.raises(PipelineError, match=r"photos is neither a folder nor an archive"):
        listing(tmp_path / "photos")


def test_a_link_to_a_folder_above_relabels_no_images(photos):
    """REPORTS row 4."""
    path = photos(*(f"{label}/{number}.png" for label in ("cat", "dog", "owl") for number in range(20)))
    (path / "cat/up").symlink_to("..")
    (path / "cat/further").symlink_to("../..")
    (path / "cat/again").symlink_to(path / "cat")
    (path / "cat/others").symlink_to("../dog")
    (path / "up").symlink_to(".")
    found = listing(path)
    assert len(found.records) == len({record.path for record in found.records}) == 60
    assert {one.path for one in found.left_out} == {"cat/up", "cat/further", "cat/again", "cat/others", "up"}
    assert {one.verdict for one in found.left_out} == {"not_a_file"}


def test_links_to_files_are_read(photos, tmp_path):
    path = photos("a/1.png", "b/1.png")
    Image.new("RGB", (9, 5)).save(tmp_path / "elsewhere.png")
    (path / "a/2.png").symlink_to(tmp_path / "elsewhere.png")
    record = listing(path).records[1]
    with record.open() as image:
        assert (record.path, image.size) == ("a/2.png", (9, 5))


def test_a_link_to_a_folder_elsewhere_is_refused_where_dvc_would_miss_its_changes(photos, source, tmp_path):
    """REPORTS row 3."""
    path = photos("a/1.png", "b/1.png")
    (path / "b").rename(tmp_path / "elsewhere")
    (path / "b").symlink_to(tmp_path / "elsewhere")
    for watched in (str(path), "./photos", "."):
        with pytest.raises(PipelineError, match=r"links to folders elsewhere \(b\).*set data.path to the real folder"):
            list_source(source(path, depends_on=watched), tmp_path)
    for watched in ("photos.version", "elsewhere"):
        found = list_source(source(path, depends_on=watched), tmp_path)
        assert [record.path for record in found.records] == ["a/1.png", "b/1.png"]


def test_links_elsewhere_that_form_a_loop_are_followed_once(photos, tmp_path):
    path = photos("a/1.png", "b/1.png")
    for name, other in (("x", "y"), ("y", "x")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.png").write_bytes(b"")
        (tmp_path / name / "other").symlink_to(tmp_path / other)
    (path / "a/x").symlink_to(tmp_path / "x")
    (path / "b/x").symlink_to(tmp_path / "x")
    assert [one[0] for one in listed(path)] == ["a/1.png", "a/x/1.png", "a/x/other/1.png", "b/1.png"]
    assert set(left_out(path)) == {"a/x/other/other", "b/x"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_what_is_no_file_is_named_and_never_opened(photos, monkeypatch):
    """REPORTS row 5: to open a named pipe would hang."""
    path = photos("a/1.png", "b/1.png")
    (path / "a/gone.png").symlink_to("nowhere.png")
    (path / "a/loop.png").symlink_to("loop.png")
    (path / "c").symlink_to("nowhere")
    os.mkfifo(path / "b/pipe.png")
    monkeypatch.chdir(path / "b")
    with socket.socket(socket.AF_UNIX) as end:
        end.bind("socket.png")
        assert left_out(path) == {
            "a/gone.png": ("not_a_file", "a link to nothing"),
            "a/loop.png": ("not_a_file", "a link to itself"),
            "c": ("not_a_file", "a link to nothing"),
            "b/pipe.png": ("not_a_file", "a named pipe"),
            "b/socket.png": ("not_a_file", "a socket"),
        }
    assert [one[0] for one in listed(path)] == ["a/1.png", "b/1.png"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems make no such names")
@pytest.mark.parametrize("name", [b"a/caf\xe9.png", b"a/caf\xe9/1.png"])
def test_files_whose_names_are_not_utf_8_are_left_out(photos, name):
    path = photos("a/1.png", "b/1.png")
    file = os.path.join(os.fsencode(path), name)  # noqa: PTH118
    os.makedirs(os.path.dirname(file), exist_ok=True)  # noqa: PTH103, PTH120
    with open(file, "wb"):  # noqa: PTH123
        pass
    escaped = name.decode("ascii", "backslashreplace").replace("\\x", "\\udc")
    assert left_out(path) == {escaped: ("unreadable", "its name is not valid UTF-8")}


@pytest.mark.skipif(sys.platform != "linux", reason="other systems make no such names")
def test_a_class_whose_name_is_not_utf_8_is_refused(photos):
    path = photos("a/1.png", "b/1.png")
    os.rename(os.fsencode(path / "b"), os.path.join(os.fsencode(path), b"caf\xe9"))  # noqa: PTH104, PTH118
    with pytest.raises(PipelineError, match=r"class folder .*caf\\udce9 is not valid UTF-8"):
        listing(path)


def test_the_configured_path_is_taken_from_the_root(photos, source):
    path = photos("a/1.png", "b/1.png")
    assert [one.path for one in list_source(source("photos"), path.parent).records] == ["a/1.png", "b/1.png"]
    assert len(list_source(source(path), path / "elsewhere").records) == 2


def test_chosen_classes_keep_the_order_that_was_set(photos, source):
    path = photos("cat/1.png", "dog/1.png", "owl/1.png", "empty/")
    found = list_source(source(path, classes=["owl", "cat"]), path)
    assert found.classes == ["owl", "cat"]
    assert [one.path for one in found.records] == ["cat/1.png", "owl/1.png"]
    assert [(one.path, one.verdict, one.reason) for one in found.left_out] == [
        ("dog/1.png", "not_chosen", "its class is not in data.classes")
    ]
    with pytest.raises(PipelineError, match=r"names 'dogs', but .*photos has no such class \(did you mean 'dog'\?\)"):
        list_source(source(path, classes=["cat", "dogs"]), path)


def test_at_most_n_images_of_a_class_and_split_are_chosen_by_their_paths(photos):
    path = photos(*(f"{split}/{label}/{number}.png" for split in ("train", "test") for label in "ab"
                    for number in range(30)))  # fmt: skip
    before = listing(path, choice=Choice(most=10))
    counts = {(split, label): 0 for split in (None, "test") for label in "ab"}
    for record in before.records:
        counts[record.split, record.label] += 1
    assert set(counts.values()) == {10}
    assert len(before.left_out) == 80
    assert {one.verdict for one in before.left_out} == {"not_chosen"}
    chosen = {record.path for record in before.records}
    photos(*(f"train/a/0{number}.png" for number in range(3)))
    after = {record.path for record in listing(path, choice=Choice(most=10)).records}
    assert len(chosen & after) >= 37

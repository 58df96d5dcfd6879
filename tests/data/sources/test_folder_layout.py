import pytest

from pipeline.base.errors import PipelineError
from pipeline.data.sources.folder import list_tree
from pipeline.data.sources.trees.open_tree import open_tree


def listing(path, layout="auto"):
    return list_tree(open_tree(str(path), path), layout)


def splits(path, layout="auto"):
    """Return the split of each folder that an image is in, the classes left out of its name."""
    return {one.path.rsplit("/", 2)[0]: one.split for one in listing(path, layout).records}


def filled(*folders, labels="ab"):
    return [f"{folder}/{label}/1.png" for folder in folders for label in labels]


@pytest.mark.parametrize(
    "names",
    [
        ("train", "val", "test"),
        ("Training", "valid", "Testing"),
        ("TRAIN", "Validation", "test"),
        ("train", "dev", "test"),
        ("train", "eval", "test"),
        ("train", "Evaluation", "testing"),
        ("train", "val", "eval"),
        ("train_images", "val_images", "test_images"),
        ("01-train", "02-val", "03-test"),
        ("train2017", "val2017", "test2017"),
        ("images.train", "images.valid", "images.test"),
        ("dataset train", "dataset validation", "dataset evaluation"),
    ],
)
def test_common_names_of_splits_are_understood(photos, names):
    path = photos(*filled(*names))
    assert splits(path) == dict(zip(names, ("train", "validation", "test"), strict=True))
    assert listing(path).classes == ["a", "b"]


def test_the_missing_splits_are_taken_from_the_training_images(photos):
    """REPORTS row 1, first half."""
    path = photos(*filled("train", "eval", labels=["cat", "dog"]))
    assert splits(path) == {"train": None, "eval": "test"}
    assert listing(path).classes == ["cat", "dog"]


def test_training_images_alone_have_no_split(photos):
    assert splits(photos(*filled("train"))) == {"train": None}


@pytest.mark.parametrize(
    "files",
    [
        filled("images", "masks", labels=["cat", "dog"]),  # REPORTS row 1, second half
        filled("cat", "dog", labels=["train", "test"]),
        [*filled("a", "b", labels=["cat"]), *filled("c", "d", labels=["cat", "dog"])],
        filled("fold1", "fold2", labels=["cat", "dog", "owl"])[:-1],
    ],
)
def test_folders_of_the_same_names_are_refused_with_a_question(photos, files):
    path = photos(*files)
    with pytest.raises(PipelineError, match=r"are these splits\? Then rename .* if they are classes, set data.layout"):
        listing(path)
    assert len(listing(path, "classes").classes) in (2, 4)


@pytest.mark.parametrize("files", [filled("train", "test", "extra"), [*filled("train"), "extra/1.png"],
                                   [*filled("train", "val"), "extra/1.png"]])  # fmt: skip
def test_folders_beside_split_folders_are_refused_and_named(photos, files):
    with pytest.raises(PipelineError, match=r"others beside them \(extra\)"):
        listing(photos(*files))


@pytest.mark.parametrize(
    "files",
    [
        ["train/1.png", "bus/1.png", "car/1.png"],
        ["test tube/1.png", "test plate/1.png"],
        ["train_station/1.png", "testing_ground/1.png"],
        ["latest/1.png", "contest/1.png", "validated/1.png"],
        filled("indoor", "outdoor", labels=["cat"]),
    ],
)
def test_classes_whose_names_resemble_splits_stay_classes(photos, files):
    path = photos(*files)
    assert listing(path).classes == sorted({file.split("/")[0] for file in files})
    assert {one.split for one in listing(path).records} == {None}


def test_with_layout_classes_every_folder_is_a_class(photos):
    path = photos("train/steam/1.png", "train/diesel/1.png", "test/1.png")
    assert [(one.path, one.label, one.split) for one in listing(path, "classes").records] == [
        ("test/1.png", "test", None),
        ("train/diesel/1.png", "train", None),
        ("train/steam/1.png", "train", None),
    ]


@pytest.mark.parametrize("around", ["photos", "a/b/c", "Images 2024"])
def test_a_single_folder_around_the_others_is_entered(photos, around):
    path = photos(*filled(around), f"{around}/LICENSE", "readme.txt")
    found = listing(path)
    assert [(one.path, one.label) for one in found.records] == [(f"{around}/a/1.png", "a"), (f"{around}/b/1.png", "b")]
    assert {(one.path, one.verdict) for one in found.left_out} == {
        (f"{around}/LICENSE", "outside_classes"),
        ("readme.txt", "outside_classes"),
    }


@pytest.mark.parametrize("around", ["photos", "train"])
def test_splits_in_a_single_folder_are_found(photos, around):
    assert splits(photos(*filled(f"{around}/train", f"{around}/test"))) == {
        f"{around}/train": None,
        f"{around}/test": "test",
    }


def test_loose_files_beside_splits_are_named(photos):
    path = photos(*filled("train", "test"), "train/loose.png")
    assert [(one.path, one.verdict) for one in listing(path).left_out] == [("train/loose.png", "outside_classes")]


def test_names_in_messages_are_printable(photos):
    path = photos(*filled("a\n<b>", "c", labels=["x\u202e", "y"]))
    with pytest.raises(PipelineError) as caught:
        listing(path)
    assert str(caught.value).isprintable()

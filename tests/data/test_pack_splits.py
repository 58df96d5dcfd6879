"""Which images share a split, from decoded images to the manifest."""

import dataclasses

import numpy as np
import pytest
from PIL import Image

from pipeline.data.final_manifest import HELD_OUT, split_images
from pipeline.data.pack import pack_images
from pipeline.data.sources import list_source
from tests.data.audit.scenes import record, scene
from tests.packed_images import packed


@pytest.fixture
def data(config):
    split = config.data.split.model_copy(update={"method": "stable", "near_duplicates": True})
    return config.data.model_copy(update={"height": 8, "width": 8, "channels": 3, "split": split})


def some(count=20, **more):
    return [
        record(f"{label}/{n}.png", scene(n + 100 * at), **more) for at, label in enumerate("ab") for n in range(count)
    ]


def splits_of(manifest):
    return dict(zip(manifest["path"], manifest["split"], strict=True))


def test_near_duplicates_share_a_split_unless_that_is_switched_off(data, tmp_path_factory):
    copies = [record(f"{one.path[0]}/small{one.path[2:]}", one.open().resize((72, 60), Image.Resampling.LANCZOS))
              for one in some()]  # fmt: skip
    apart = {}
    for near in (True, False):
        split = data.split.model_copy(update={"near_duplicates": near})
        config = data.model_copy(update={"split": split})
        splits = splits_of(packed([*some(), *copies], config, tmp_path_factory.mktemp("packed"))[1])
        apart[near] = [path for path, found in splits.items()
                       if "small" in path and splits[path.replace("small", "")] != found]  # fmt: skip
    assert apart[True] == []
    assert apart[False]


def test_equal_pictures_in_different_files_share_a_split(data, tmp_path, tmp_path_factory):
    """Their files' digests differ; the near duplicates are not looked for."""
    audit = data.audit.model_copy(update=dict.fromkeys(
        ("near_label_conflict", "near_split_leak", "near_duplicate"), "ignore"))  # fmt: skip
    photos = tmp_path_factory.mktemp("photos")
    for number in range(20):
        for label in "ab":
            folder = photos / label
            folder.mkdir(exist_ok=True)
            scene(number + 100 * (label == "b")).save(folder / f"{number}.png")
            scene(number + 100 * (label == "b")).save(folder / f"{number}copy.bmp")
    config = data.model_copy(update={"source": "folder", "path": str(photos), "audit": audit})
    manifest = packed_folder(config, tmp_path)
    assert manifest["digest"].nunique() == 80
    splits = splits_of(manifest)
    assert all(splits[path.replace("copy.bmp", ".png")] == split for path, split in splits.items())


def packed_folder(config, folder):
    listing = list_source(config, folder)
    return split_images(pack_images(listing, config, folder).audit, listing.classes, config, folder)[1]


def test_sixteen_patients_in_subfolders_are_each_in_one_split(data, tmp_path, tmp_path_factory):
    """Each was dealt to two or three (reports, 9)."""
    photos = tmp_path_factory.mktemp("photos")
    for patient in range(16):
        folder = photos / ("ill" if patient % 2 else "healthy") / f"patient {patient}"
        folder.mkdir(parents=True)
        for number in range(5):
            pixels = np.random.default_rng([patient, number]).integers(0, 256, (8, 8, 3), np.uint8)
            Image.fromarray(pixels).save(folder / f"{number}.png")
    config = data.model_copy(update={"source": "folder", "path": str(photos), "groups": "subfolder"})
    manifest = packed_folder(config, tmp_path)
    assert manifest["group"].nunique() == 16
    assert set(manifest.groupby("group")["split"].nunique()) == {1}
    assert set(manifest["split"]) == {"train", "validation", "test"}


def test_with_folds_the_test_images_of_the_source_are_not_used(data, tmp_path_factory):
    tested = [dataclasses.replace(one, path=f"test/{one.path}", split="test") for one in some(5)]
    records = [dataclasses.replace(one, split="train") for one in some(30)[5:30] + some(30)[35:]]
    seen = []
    for fold in (1, 2, 3):
        config = data.model_copy(update={"folds": 3, "fold": fold})
        manifest = packed([*tested, *records], config, tmp_path_factory.mktemp("packed"))[1]
        held = manifest[manifest["path"].str.startswith("test/")]
        assert set(held["verdict"]) == {"not_chosen"}
        assert set(held["reason"]) == {HELD_OUT}
        assert (held["position"] == -1).all()
        assert held["split"].isna().all()
        rest = manifest.drop(held.index)
        assert set(rest["split"]) == {"train", "validation", "test"}
        seen += rest.loc[rest["split"] == "test", "path"].tolist()
    assert sorted(seen) == sorted(one.path for one in records)

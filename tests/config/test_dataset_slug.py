import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config.compose import compose
from pipeline.config.dataset_slug import LONGEST, dataset_slug
from pipeline.config.search_compose import compose_search


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("/home/ann/flowers", "flowers"),
        ("/home/ann/Flowers 2026/", "flowers-2026"),
        ("/home/ann/flowers/images", "flowers-images"),
        ("/home/ann/flowers/images/train", "flowers-images-train"),
        ("/data/photos", "data-photos"),
        ("../photos", "photos"),
        ("birds.tar.gz", "birds"),
        ("birds/archive.zip", "birds-archive"),
        ("v1.2/birds.v2.zip", "birds.v2"),
        ("s3://bucket/flowers/", "flowers"),
        ("s3://flowers/data", "flowers-data"),
        ("s3://bucket", "bucket"),
        ("https://host.example/x/flowers.zip?X-Signature=secret#part", "flowers"),
        ("/bilder/Blumen:Größe", "blumen-größe"),
        ("/", "folder"),
        ("..", "folder"),
        (None, "folder"),
    ],
)
def test_own_photos_are_named_after_their_place(path, slug):
    assert dataset_slug("folder", path) == slug


@pytest.mark.parametrize("name", ["digits", "cifar10", "herbarium"])
def test_a_named_set_keeps_its_name_wherever_it_is(name):
    assert dataset_slug(name, "/home/ann/flowers") == name


@given(st.text(), st.sampled_from(["folder", "table"]))
def test_mlflow_takes_every_name(path, name):
    slug = dataset_slug(name, path)
    assert slug
    assert len(slug) <= LONGEST
    assert not set("/: ") & set(slug)


def test_two_folders_of_photos_share_neither_experiment_nor_registered_name(root):
    names = [compose(root, ["data=folder", f"data.path=/photos/{name}"])["tracking"] for name in ("cats", "dogs")]
    assert [one["registered_model"] for one in names] == ["googlenet-cats", "googlenet-dogs"]
    assert [one["experiment"] for one in names] == ["googlenet-cats", "googlenet-dogs"]
    chosen = compose(root, ["data=folder", "data.path=/photos/cats", "tracking.registered_model=mine"])["tracking"]
    assert (chosen["registered_model"], chosen["experiment"]) == ("mine", "googlenet-cats")


def test_a_path_with_any_character_composes(root):
    path = "/photos/it's, a ${strange}: [name]"
    quoted = "'" + path.replace("'", "\\'").replace("${", "\\${") + "'"
    values = compose(root, ["data=folder", f"data.path={quoted}"])
    assert values["data"]["path"] == path
    assert values["tracking"]["registered_model"] == "googlenet-it-s-a-strange-name"


def test_a_search_is_named_like_the_trainings(root):
    config = compose_search(root)
    assert config.tracking.experiment == "googlenet-digits"

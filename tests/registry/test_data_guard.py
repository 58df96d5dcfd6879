import pytest

from pipeline.base.errors import PipelineError
from pipeline.registry.data_guard import check_data, mark_data

CLASSES = ["cat", "dog"]


def test_a_new_name_takes_any_data(registry):
    assert check_data("pets", "/photos/pets", CLASSES) is None


@pytest.mark.parametrize(
    ("path", "classes", "line"),
    [
        ("/photos/pets", CLASSES, None),
        ("/photos/pets", ["cat", "dog", "owl"], "the classes were 2: cat, dog, now they are 3: cat, dog, owl"),
        ("/photos/pets", ["dog", "cat"], "the classes were 2: cat, dog, now they are 2: dog, cat"),
        ("/moved/pets", CLASSES, "the images were from /photos/pets, now from /moved/pets, with the same classes"),
    ],
)
def test_what_changed_is_said(versions, path, classes, line):
    mark_data(versions, "/photos/pets", CLASSES)
    assert check_data(versions, path, classes) == (line and f"{versions}: {line}")
    mark_data(versions, path, classes)
    assert check_data(versions, path, classes) is None


def test_another_place_with_other_classes_is_refused_until_the_name_is_another(versions):
    mark_data(versions, "/photos/pets", CLASSES)
    with pytest.raises(PipelineError, match=r"-S tracking\.registered_model=NAME"):
        check_data(versions, "/photos/cars", ["car", "van"])
    assert check_data("cars", "/photos/cars", ["car", "van"]) is None


def test_hundreds_of_long_class_names_fit_into_the_tags(versions, registry):
    classes = [f"class {'日' * 300} {number}" for number in range(300)]
    mark_data(versions, "/p" * 3000, classes)
    assert check_data(versions, "/p" * 3000, classes) is None
    assert max(map(len, registry.get_registered_model(versions).tags.values())) <= 1000

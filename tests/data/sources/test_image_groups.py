import pytest

from pipeline.base.errors import PipelineError
from pipeline.config.schema.data_schema import TableConfig
from pipeline.data.sources import list_source


@pytest.fixture
def groups(photos, source, tmp_path):
    """Return the groups of the images in the named files, by path, and the listing's warnings."""

    def groups(*files, **settings):
        found = list_source(source(photos(*files), **settings), tmp_path)
        return {record.path: record.group for record in found.records}, found.warnings

    return groups


def test_a_folder_below_a_class_folder_is_a_group(groups):
    found, warnings = groups("cat/p1/a.png", "cat/p1/left/b.png", "cat/c.png", "dog/p1/d.png", "dog/p2/e.png",
                             groups="subfolder")  # fmt: skip
    assert found == {
        "cat/p1/a.png": "p1",
        "cat/p1/left/b.png": "p1",
        "cat/c.png": None,
        "dog/p1/d.png": "p1",
        "dog/p2/e.png": "p2",
    }
    assert warnings == []


def test_below_splits_and_outer_folders_groups_are_still_those_below_the_classes(groups):
    wanted = {
        "all/train/cat/cat/a.png": "cat",
        "all/train/dog/b.png": None,
        "all/test/cat/cat/c.png": "cat",
        "all/test/dog/2/d.png": "2",
    }
    assert groups(*wanted, groups="subfolder")[0] == wanted


def test_without_groups_subfolders_mean_nothing(groups):
    found, _ = groups("cat/p1/a.png", "dog/p1/b.png")
    assert set(found.values()) == {None}


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [(r"(p\d+)_", ["p1", "p1", "p2"]), (r"p\d+", ["p1", "p1", "p2"]), (r"/(?:p|q)(\d)", ["1", "1", "2"])],
)
def test_a_pattern_finds_the_group_in_the_path(groups, pattern, wanted):
    files = ("cat/p1_a.png", "dog/p1_b.png", "dog/p2_c.png")
    found, warnings = groups(*files, groups="pattern", group_pattern=pattern)
    assert [found[file] for file in files] == wanted
    assert warnings == []


def test_paths_that_do_not_match_or_match_nothing_have_no_group_and_are_counted(groups):
    files = ("cat/p1_a.png", "cat/x.png", "dog/p_b.png", "dog/p2_c.png")
    found, warnings = groups(*files, groups="pattern", group_pattern=r"/p(\d*)_")
    assert [found[file] for file in files] == ["1", None, None, "2"]
    assert warnings == [
        "warning: data.group_pattern does not match the paths of 2 of 4 images, such as cat/x.png; each of them is a "
        "group by itself"
    ]


def test_a_pattern_with_an_optional_part_that_is_missing_gives_no_group(groups):
    found, warnings = groups("cat/1.png", "dog/p2.png", groups="pattern", group_pattern=r"/(p)?\d")
    assert found == {"cat/1.png": None, "dog/p2.png": "p"}
    assert len(warnings) == 1


def test_a_pattern_that_matches_no_path_is_refused(groups):
    with pytest.raises(PipelineError, match=r"data.group_pattern='patient' matches no path, such as cat/a.png"):
        groups("cat/a.png", "dog/b.png", groups="pattern", group_pattern="patient")


def test_a_pattern_is_searched_for_in_a_tables_paths_too(groups, photos):
    photos("1/a.png", "1/b.png", "2/c.png")
    table = photos() / "labels.csv"
    table.write_text("path,label\n1/a.png,cat\n1/b.png,dog\n2/c.png,dog\n")
    settings = {"source": "table", "table": TableConfig(file="labels.csv")}
    found, _ = groups(**settings, groups="pattern", group_pattern="^[^/]+(?=/)")
    assert found == {"1/a.png": "1", "1/b.png": "1", "2/c.png": "2"}

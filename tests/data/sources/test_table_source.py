import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from pipeline.base.errors import PipelineError
from pipeline.config.schema.data_schema import TableConfig
from pipeline.data.sources import list_source
from pipeline.data.sources.choice import Choice
from pipeline.data.sources.table import list_table
from pipeline.data.sources.trees.open_tree import open_tree


@pytest.fixture
def listing(photos):
    """Return what lists photos/labels.csv, written from text, bytes or a data frame."""

    def listing(table, file="labels.csv", choice=None, **columns):
        folder = photos("1.png", "2.png", "3.png")
        path = folder / file
        path.parent.mkdir(exist_ok=True)
        if isinstance(table, pd.DataFrame):
            table.to_parquet(path)
        else:
            path.write_bytes(table if isinstance(table, bytes) else table.encode())
        return list_table(open_tree(str(folder), Path()), TableConfig(file=file, **columns), choice)

    return listing


def labels(found):
    return {record.path: record.label for record in found.records}


def left_out(found):
    return [(one.path, one.verdict, one.reason) for one in found.left_out]


TWO = "path,label\n1.png,cat\n2.png,dog\n3.png,dog\n"


def test_a_table_gives_the_labels(listing):
    found = listing(TWO)
    assert labels(found) == {"1.png": "cat", "2.png": "dog", "3.png": "dog"}
    assert [(one.split, one.group, one.weight) for one in found.records] == [(None, None, 1.0)] * 3
    assert (found.classes, found.left_out) == (["cat", "dog"], [])
    with found.records[0].open() as image:
        assert image.size == (4, 4)


@pytest.mark.parametrize(
    "text",
    [
        TWO.replace(",", ";"),
        TWO.replace(",", "\t"),
        TWO.replace(",", "|"),
        TWO.replace("\n", "\r\n"),
        TWO.replace("\n", "\r"),
        "\ufeff" + TWO,
        TWO.encode("utf-16"),
        TWO.replace(",", " , "),
        '"path","label"\n"1.png","cat"\n2.png,dog\n"3.png","dog"\n\n',
        'id,note,label,path\n7,"a, ""b""\n\nc",cat,1.png\n8,,dog,2.png\n,,,\n9,x,dog,3.png',
        TWO.replace("1.png", "./1.png").replace("2.png", ".\\2.png").replace("3.png", "3"),
    ],
)
def test_common_ways_of_writing_a_table_are_understood(listing, text):
    assert labels(listing(text)) == {"1.png": "cat", "2.png": "dog", "3.png": "dog"}


@pytest.mark.parametrize(
    "names", [("01", "1", "1.0"), ("NA", "nan", "null"), ("True", "None", "1e5"), ("a,b", "ü<b>", "'")]
)
def test_labels_stay_as_they_are_written(listing, names):
    rows = "".join(f'{index}.png,"{name}"\n' for index, name in enumerate(names, 1))
    assert list(labels(listing("path,label\n" + rows)).values()) == list(names)


@pytest.mark.parametrize("values", [["01", "1", "NA"], [1, 2, 10], [1.0, 2.0, 2.0], [True, False, False]])
def test_parquet_gives_the_same_labels(listing, values):
    frame = pd.DataFrame({"path": ["1.png", "2.png", "3.png"], "label": values, "other": [None] * 3})
    expected = [str(int(value)) if isinstance(value, float) else str(value) for value in values]
    assert list(labels(listing(frame, "labels.parquet")).values()) == expected


def test_categories_and_missing_values_of_parquet(listing):
    frame = pd.DataFrame({"path": ["1.png", "2.png", "3.png"], "label": pd.Categorical(["b", "a", "b"]),
                          "part": ["train", None, "test"], "who": [1, None, 2]})  # fmt: skip
    found = listing(frame, "labels.parquet", split="part", group="who")
    assert [(one.label, one.split, one.group) for one in found.records] == [
        ("b", None, "1"), ("a", None, None), ("b", "test", "2")]  # fmt: skip


def test_numbered_labels_are_in_the_order_of_their_numbers(listing):
    assert listing("path,label\n1.png,10\n2.png,9\n3.png,1\n").classes == ["1", "9", "10"]


def test_splits_groups_and_weights_come_from_their_columns(listing):
    text = "file,breed,set,patient,w\n1.png,cat,Training,p1,2\n2.png,cat,val,p2,0.5\n3.png,cat,TEST,,1\n"
    found = listing(text, path="file", label="breed", split="set", group="patient", weight="w")
    assert [(one.split, one.group, one.weight) for one in found.records] == [
        ("train", "p1", 2.0), ("validation", "p2", 0.5), ("test", None, 1.0)]  # fmt: skip


def test_a_split_that_the_table_lacks_is_taken_from_the_training_rows(listing):
    text = "path,label,split\n1.png,cat,train\n2.png,cat,\n3.png,cat,eval\n"
    assert [one.split for one in listing(text, split="split").records] == [None, None, "test"]


def test_files_and_rows_that_do_not_meet_are_named(listing, photos):
    photos("sub/4.png")
    (photos() / "5.png").symlink_to("nowhere")
    (photos() / "6.png").symlink_to("nowhere")
    found = listing("path,label\n1.png,cat\ngone.png,cat\n2.png,dog\n5.png,dog\n")
    assert labels(found) == {"1.png": "cat", "2.png": "dog"}
    assert sorted(left_out(found)) == [
        ("3.png", "outside_classes", "in no row of labels.csv"),
        ("5.png", "not_a_file", "a link to nothing"),
        ("6.png", "not_a_file", "a link to nothing"),
        ("gone.png", "not_a_file", "not there, or hidden"),
        ("sub/4.png", "outside_classes", "in no row of labels.csv"),
    ]


def test_an_image_twice_counts_once_unless_its_labels_differ(listing):
    found = listing("path,label\n1.png,cat\n1.png,cat\n2.png,dog\n./2.png,cat\n3.png,dog\n")
    assert [(one.path, one.label) for one in found.records] == [
        ("1.png", "cat"), ("2.png", "cat"), ("2.png", "dog"), ("3.png", "dog")]  # fmt: skip


def test_paths_are_relative_to_the_tables_folder_or_absolute_below_the_source(listing, tmp_path):
    text = f"path,label\n../1.png,cat\n{tmp_path}/photos/2.png,dog\n"
    assert labels(listing(text, "tables/labels.csv")) == {"1.png": "cat", "2.png": "dog"}


def test_names_with_spaces_percents_backslashes_and_accents_are_found(listing, photos):
    photos(" a b.png", "100%20.png", "x\\y.png", "cafe\u0301.png", "no.suffix.jpg")
    text = "path,label\n a b.png,1\n100%20.png,2\nx\\y.png,3\ncaf\u00e9.png,4\nno.suffix,5\n"
    expected = {" a b.png": "1", "100%20.png": "2", "x\\y.png": "3", "cafe\u0301.png": "4", "no.suffix.jpg": "5"}
    assert labels(listing(text)) == expected


def test_a_name_without_a_suffix_that_two_files_have_is_not_there(listing, photos):
    photos("2.jpg")
    found = listing("path,label\n1,cat\n2,cat\n3,dog\n")
    assert ("2", "not_a_file", "not there, or hidden") in left_out(found)


@pytest.mark.parametrize(
    ("text", "columns", "message"),
    [
        ("path,lable\n1.png,cat\n", {}, r"no column 'label' \(did you mean 'lable'\?\); it has 'path', 'lable'"),
        ("", {}, r"no column 'path'; it has none"),
        ("path,label,label\n1.png,a,b\n", {}, r"has the column 'label' twice"),
        ("path,label\n", {}, r"has no rows"),
        ("path,label\n1.png,cat\n2.png,\n", {}, r"labels.csv, line 3: the label is empty"),
        ('path,label\n"1.png","a\nb"\n ,cat\n', {}, r"line 4: the path is empty"),
        ("path,label\n1.png,cat,3\n", {}, r"line 2: 3 values for 2 columns"),
        ("path,label\n1.png\n", {}, r"line 2: 1 values for 2 columns"),
        ('path,label\n"1.png,cat\n', {}, r"line \d: unexpected end of data; mend its quotes"),
        ("path,label\n../1.png,cat\n", {}, r"line 2: the path '../1.png' is not below data.path"),
        ("path,label\n/etc/passwd,cat\n", {}, r"'/etc/passwd' is not below data.path"),
        ("path,label\nC:\\1.png,cat\n", {}, r"is not below data.path"),
        ("path,label\ns3://b/1.png,cat\n", {}, r"is not below data.path"),
        ("path,label\n.,cat\n", {}, r"is not below data.path"),
        ("path,label,s\n1.png,cat,trian\n", {"split": "s"}, r"line 2: 'trian' is no split; write train"),
        ("path,label,s\n1.png,cat,test\n", {"split": "s"}, r"images for test, but none to train on"),
        ("path,label,s\n1.png,cat,train\n2.png,dog,test", {"split": "s"}, r"no training images for the classes dog"),
        ("path,label\n1.png,cat\ngone.png,dog\n", {}, r"class 'dog' has no file .* line 3: 'gone.png' is not there"),
        *[
            (f"path,label,w\n1.png,cat,{weight}\n", {"weight": "w"}, r"weight '.*' is not a number from 1e-06 to 1e")
            for weight in ("-1", "nan", "inf", "x", "")
        ],
        ("path,label\ncaf\u00e9,x\n".encode("latin-1"), {}, r"is not UTF-8 \(byte 14\); save it as CSV in UTF-8"),
        (b"PAR1 and no more", {}, r"is no readable parquet file"),
        (b"\0\1\2" * 99999, {}, r"no column 'path'|field larger"),
    ],
)  # fmt: skip
def test_a_malformed_table_is_refused_in_a_sentence(listing, text, columns, message):
    with pytest.raises(PipelineError, match=message) as caught:
        listing(text, **columns)
    assert str(caught.value).isprintable()


def test_a_missing_column_of_parquet_is_named(listing):
    with pytest.raises(PipelineError, match=r"no column 'label' \(did you mean 'labels'\?\)"):
        listing(pd.DataFrame({"path": ["1.png"], "labels": ["a"]}), "t.parquet")


def test_a_table_that_is_not_there_is_refused_with_a_guess(photos):
    tree = open_tree(str(photos("in/label.csv")), Path())
    with pytest.raises(PipelineError, match=r"label.csv is not in .*photos \(did you mean 'in/label.csv'\?\)"):
        list_table(tree, TableConfig(file="label.csv"))
    with pytest.raises(PipelineError, match=r"must be below data.path"):
        list_table(tree, TableConfig(file="../label.csv"))


def test_chosen_classes_and_most_images_hold_for_tables_too(listing):
    found = listing(TWO, choice=Choice(["dog", "cat"], 1))
    assert found.classes == ["dog", "cat"]
    assert len(found.records) == 2
    assert [verdict for _, verdict, _ in left_out(found)] == ["not_chosen"]
    with pytest.raises(PipelineError, match=r"data.classes names 'dgo', .*did you mean 'dog'"):
        listing(TWO, choice=Choice(["dgo", "cat"]))


def test_a_table_in_an_archive_is_read_like_any(photos, tmp_path, source):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for file in photos("1.png", "2.png").iterdir():
            archive.write(file, f"set/images/{file.name}")
        archive.writestr("set/labels.csv", "path,label\nimages/1.png,cat\nimages\\2.png,dog\n")
    (tmp_path / "set.zip").write_bytes(data.getvalue())
    config = source("set.zip", source="table", table=TableConfig(file="set/labels.csv"))
    found = list_source(config, tmp_path)
    assert labels(found) == {"set/images/1.png": "cat", "set/images/2.png": "dog"}
    assert found.left_out == []
    with found.records[1].open() as image:
        assert image.size == (4, 4)

"""Means and deviations over folds."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.crossvalidation.fold_result import FoldResult, class_table
from pipeline.crossvalidation.fold_statistics import fold_statistics, spread

FIGURE = st.floats(0, 1)


def fold(number, figures, images, accuracy=0.5):
    """Return a fold in which class i has the same three figures, `figures[i]`, and `images[i]` test images."""
    names = [f"c{index}" for index in range(len(figures))]
    table = pd.DataFrame({"class": names, "precision": figures, "recall": figures, "f1": figures, "images": images})
    known = [figure for figure, count in zip(figures, images, strict=True) if count]
    metrics = {"images": sum(images), "accuracy": accuracy, "macro_f1": float(np.mean(known)) if known else None}
    return FoldResult(number, f"fold-{number}", metrics, table)


@given(st.lists(st.one_of(FIGURE, st.none(), st.just(math.nan)), max_size=8))
def test_a_spread_is_numpy_s_sample_deviation_of_what_is_defined(values):
    kept = [value for value in values if value is not None and not math.isnan(value)]
    found = spread(values)
    assert found.folds == len(kept)
    assert found.mean == pytest.approx(np.mean(kept)) if kept else math.isnan(found.mean)
    assert found.std == pytest.approx(np.std(kept, ddof=1)) if len(kept) > 1 else math.isnan(found.std)


@settings(max_examples=40)
@given(st.data())
def test_a_class_without_test_images_in_a_fold_is_left_out_there_and_named(data):
    classes = data.draw(st.integers(1, 4))
    rows = st.lists(st.tuples(FIGURE, st.integers(0, 2)), min_size=classes, max_size=classes)
    drawn = data.draw(st.lists(rows, min_size=1, max_size=5))
    results = [fold(number + 1, *map(list, zip(*row, strict=True))) for number, row in enumerate(drawn)]
    found = fold_statistics(results)
    for index, one in enumerate(found.classes):
        kept = [row[index][0] for row in drawn if row[index][1]]
        missing = [str(number + 1) for number, row in enumerate(drawn) if not row[index][1]]
        assert one.images == sum(row[index][1] for row in drawn)
        assert one.figures["recall"].folds == len(kept)
        if kept:
            assert one.figures["recall"].mean == pytest.approx(np.mean(kept))
        notes = [note for note in found.notes if note.startswith(f"class {one.name} ")]
        assert [f"in fold {', '.join(missing)}:" in note for note in notes] == ([True] if missing else [])


def test_an_undefined_figure_is_left_out_of_the_mean():
    defined, undefined = fold(1, [0.5, 1.0], [3, 3]), fold(2, [0.6, 0.0], [0, 0])
    assert fold_statistics([defined, undefined]).metrics["macro_f1"].mean == 0.75
    assert fold_statistics([defined, undefined]).metrics["macro_f1"].folds == 1


def test_counts_are_not_averaged():
    assert set(fold_statistics([fold(1, [1.0], [2])]).metrics) == {"accuracy", "macro_f1"}


def test_classes_keep_names_that_look_like_numbers_or_like_nothing():
    text = "class,images,precision,recall,f1\n01,1,0.5,0,0\nNA,1,,0,0\n"
    table = class_table(text)
    assert list(table["class"]) == ["01", "NA"]
    assert table["precision"].tolist() == pytest.approx([0.5, math.nan], nan_ok=True)
    assert table["images"].tolist() == [1, 1]

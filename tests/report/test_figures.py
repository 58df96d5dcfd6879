from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from pipeline.data.dataset import Dataset
from pipeline.data.record import Record
from pipeline.data.shards import Shards
from pipeline.report.confusion_figure import confusion_figure
from pipeline.report.curves_figure import curves_figure
from pipeline.report.predictions_figure import predictions_figure
from pipeline.report.samples_figure import samples_figure
from pipeline.report.style import new_figure, save
from tests import packed_images

THIRTY = [f"class {index:02d}" for index in range(30)]
NAMES = [["a", "b"], ["ein sehr langer Klassenname", "Grüner Tee é"], THIRTY]


@pytest.fixture(scope="module")
def packed(config, tmp_path_factory):
    def packed(classes, channels=1):
        folder = tmp_path_factory.mktemp("packed")
        generator = np.random.default_rng(0)
        records = [
            Record(f"{name}/{number}", name, None, lambda pixels=pixels: Image.fromarray(pixels))
            for name in classes
            for number in range(5)
            for pixels in [generator.integers(0, 256, (8, 8, 3), np.uint8)]
        ]
        packed_images.packed(
            records, config.data.model_copy(update={"height": 8, "width": 8, "channels": channels}), folder
        )
        return folder

    return packed


def predicted(labels, guesses):
    return pd.DataFrame(
        {
            "position": range(len(labels)),
            "label": labels,
            "predicted": guesses,
            "confidence": 0.5,
            "correct": [label == guess for label, guess in zip(labels, guesses, strict=True)],
        }
    )


def saved(figure, path):
    save(figure, path)
    with Image.open(path) as image:
        assert image.format == "PNG"
        image.load()
        shades = np.asarray(image.convert("L"))
    assert shades.size > 10_000
    assert shades.min() < 128
    return path.read_bytes()


def history(epochs):
    keys = ("loss", "accuracy", "val_loss", "val_accuracy")
    return [{"epoch": epoch, **dict.fromkeys(keys, 1 / (epoch + 1))} for epoch in range(1, epochs + 1)]


def titles(figure):
    return [text for axis in figure.axes for text in (axis.get_title(), axis.get_title(loc="left")) if text]


@pytest.mark.parametrize("classes", NAMES)
def test_the_confusion_matrix_is_saved_the_same_twice(tmp_path, classes):
    counts = np.random.default_rng(0).integers(0, 9, (len(classes), len(classes)))
    figures = [confusion_figure(counts, classes) for _ in range(2)]
    first = saved(figures[0], tmp_path / "1.png")
    assert first == saved(figures[1], tmp_path / "2.png")
    axis = figures[0].axes[0]
    assert [label.get_text() for label in axis.get_yticklabels()] == classes
    numbers = [int(text.get_text()) for text in axis.texts]
    assert sorted(numbers) == (sorted(counts[counts > 0].tolist()) if len(classes) <= 25 else [])


def test_the_confusion_matrix_counts_in_its_title(tmp_path):
    figure = confusion_figure(np.array([[3, 1], [0, 0]]), ["a", "b"])
    assert titles(figure) == ["3 of 4 test images right"]
    assert saved(figure, tmp_path / "a.png")


def test_a_hundred_classes_fit(tmp_path):
    assert saved(confusion_figure(np.eye(100, dtype=int), [str(index) for index in range(100)]), tmp_path / "a.png")


def test_losses_are_marked_with_numbers_and_not_with_formulas():
    names = ("loss", "val_loss", "accuracy", "val_accuracy")
    figure = curves_figure(
        [{"epoch": epoch, **dict.fromkeys(names, value)} for epoch, value in ((1.0, 4.0), (2.0, 0.6))]
    )
    figure.draw_without_rendering()
    axis = figure.axes[0].yaxis
    marks = [label.get_text() for label in (*axis.get_majorticklabels(), *axis.get_minorticklabels())]
    assert "1" in marks
    assert not [mark for mark in marks if "$" in mark]


@pytest.mark.parametrize(("highest", "lowest"), [(10.3, 0.53), (2.5, 0.52), (0.9, 0.5), (2.4, 0.02), (300.0, 0.1)])
def test_the_marks_of_losses_do_not_stand_on_each_other(highest, lowest):
    names = ("loss", "val_loss", "accuracy", "val_accuracy")
    ends = ((1.0, highest), (2.0, lowest))
    figure = curves_figure([{"epoch": epoch, **dict.fromkeys(names, value)} for epoch, value in ends])
    figure.draw_without_rendering()
    axis = figure.axes[0]
    labels = [*axis.yaxis.get_majorticklabels(), *axis.yaxis.get_minorticklabels()]
    boxes = [label.get_window_extent() for label in labels if label.get_text()]
    boxes = sorted((box for box in boxes if axis.bbox.y0 <= (box.y0 + box.y1) / 2 <= axis.bbox.y1), key=lambda b: b.y0)
    assert len(boxes) >= 2
    assert all(below.y1 <= above.y0 for below, above in pairwise(boxes))


@pytest.mark.parametrize("epochs", [1, 12])
def test_the_curves_are_saved_the_same_twice(tmp_path, epochs):
    figure = curves_figure(history(epochs))
    assert [axis.get_yscale() for axis in figure.axes] == ["log", "linear"]
    assert [line.get_label() for line in figure.axes[0].lines] == ["training", "validation"]
    assert [len(line.get_xdata()) for line in figure.axes[1].lines] == [epochs, epochs]
    assert saved(figure, tmp_path / "1.png") == saved(curves_figure(history(epochs)), tmp_path / "2.png")


@pytest.mark.parametrize("channels", [1, 3])
def test_predictions_are_saved_the_same_twice(tmp_path, packed, channels):
    shards = Shards(packed(NAMES[1], channels))
    rows = predicted([NAMES[1][0]] * 9, [NAMES[1][index % 2] for index in range(9)])
    figures = [predictions_figure(rows, shards, "worst") for _ in range(2)]
    assert saved(figures[0], tmp_path / "1.png") == saved(figures[1], tmp_path / "2.png")
    assert titles(figures[0])[0] == f"{NAMES[1][0]}  50%"
    assert titles(figures[0])[1] == f"{NAMES[1][1]}  50%\nis {NAMES[1][0]}"
    assert sum(len(axis.images) for axis in figures[0].axes) == 9


def test_no_predictions_leave_a_titled_picture(tmp_path, packed):
    figure = predictions_figure(predicted(["a"], ["a"]).head(0), Shards(packed(["a", "b"])), "worst")
    assert saved(figure, tmp_path / "a.png")


@pytest.mark.parametrize(("classes", "channels"), [(NAMES[0], 1), (NAMES[1], 3), (THIRTY, 1)])
def test_samples_are_saved_the_same_twice(tmp_path, packed, classes, channels):
    dataset = Dataset(packed(classes, channels))
    figure = samples_figure(dataset)
    assert titles(figure) == sorted(classes)[:20]
    shown = sum(len(axis.images) for axis in figure.axes)
    assert shown == dataset.rows("train")["class_index"].isin(range(20)).sum()
    first = saved(figure, tmp_path / "1.png")
    if len(classes) == 2:
        assert first == saved(samples_figure(dataset), tmp_path / "2.png")


@pytest.mark.parametrize("classes", [["$_$", "b"], ["a$", "$\\b$ {"]])
def test_dollar_signs_in_class_names_are_no_formulas(tmp_path, packed, classes):
    assert saved(confusion_figure(np.eye(2, dtype=int), classes), tmp_path / "a.png")
    assert saved(samples_figure(Dataset(packed(classes))), tmp_path / "a.png")
    rows = predicted(classes, classes[::-1])
    assert saved(predictions_figure(rows, Shards(packed(classes)), "worst"), tmp_path / "a.png")


def test_a_figure_that_cannot_be_drawn_leaves_the_old_picture(tmp_path):
    (tmp_path / "a.png").write_bytes(b"old")
    figure = new_figure(2, 2)
    figure.text(0, 0, "$_$", parse_math=True)
    with pytest.raises(ValueError, match="_"):
        save(figure, tmp_path / "a.png")
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"old"]

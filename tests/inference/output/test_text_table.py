"""What a person reads: on a terminal of any width, and elsewhere."""

import io

import numpy as np
import pytest
from rich.cells import cell_len
from rich.console import Console

from pipeline.inference.output.text_table import PlainLines, TerminalTable
from pipeline.runtime.prediction import Prediction

CLASSES = ("cat", "a dog of which the name has no end to it", "日本")
GOOD = Prediction("photos/日本/x.jpg", np.array([0.25, 0.7, 0.05], np.float32))
BAD = Prediction("b\x1b[31m\n.jpg", None, "truncated")


def printed(width, images, *shown, label=None):
    text = io.StringIO()
    console = Console(file=text, width=width, force_terminal=True, color_system=None)
    table = TerminalTable(console, CLASSES, 3, images, max(cell_len(one.name) for one in shown))
    for one in shown:
        table.write(one, label)
    return text.getvalue().splitlines()


@pytest.mark.parametrize("width", [40, 80, 200])
def test_many_images_have_a_line_each_within_the_width(width):
    lines = printed(width, 100, GOOD, BAD, GOOD)
    assert len(lines) == 3
    assert all(cell_len(line) <= width for line in lines)
    assert "70.0%" in lines[0]
    assert "unreadable" in lines[1]
    assert "\x1b[31m" not in lines[1]


def test_a_few_images_have_a_line_for_each_class():
    lines = printed(80, 1, GOOD)
    assert lines[0] == "photos/日本/x.jpg"
    assert [line.split()[-1] for line in lines[1:]] == ["70.00%", "25.00%", "5.00%"]


def test_a_wrong_prediction_is_marked_with_the_label():
    assert "✗ is cat" in printed(200, 9, GOOD, label="cat")[0]
    assert "✓" in printed(200, 9, GOOD, label=CLASSES[1])[0]


def test_elsewhere_lines_are_separated_by_tabs():
    stream = io.StringIO()
    for one in (GOOD, BAD):
        PlainLines(stream, CLASSES, 2).write(one, None)
    assert stream.getvalue().splitlines() == [
        f"photos/日本/x.jpg\t{CLASSES[1]}\t0.7000\tcat\t0.2500",
        r"b\x1b[31m\n.jpg" + "\tunreadable: truncated",
    ]

"""The page of a comparison with the reference."""

import numpy as np

from pipeline.report.monitor.histogram_chart import histogram_chart
from pipeline.report.monitor.monitor_content import MonitorContent, MonitorHistogram, MonitorImage, MonitorRow
from pipeline.report.monitor.monitor_page import write_monitor_page

HOSTILE = "<script>alert(1)</script>"


def content(**changes):
    row = MonitorRow("brightness", "120", "60", "0.9", "0.2", "<0.0001", "alarm", "", "gap")
    values = {
        "alarm": True,
        "sentence": "Alarm: the new images are darker.",
        "facts": {"model": HOSTILE},
        "rows": [row],
        "histograms": [MonitorHistogram("brightness", np.arange(50.0), np.arange(20.0) - 40, True)],
        "classes": [(HOSTILE, 0.2, 0.5)],
        "images": {"Darkest": [MonitorImage(f"a/{HOSTILE}.png", np.zeros((8, 8, 3), np.uint8), "12")]},
        "unreadable": [(HOSTILE, "no picture")],
        "unreadable_total": 3,
    }
    return MonitorContent(**values | changes)


def test_it_shows_everything_and_escapes_it(tmp_path):
    write_monitor_page(tmp_path / "a.html", content())
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert HOSTILE not in page
    for text in ("Alarm: the new images are darker.", "&lt;0.0001", "data:image/jpeg", "3 files; the first 1", "20.0%"):
        assert text in page
    write_monitor_page(tmp_path / "b.html", content())
    assert (tmp_path / "b.html").read_bytes() == (tmp_path / "a.html").read_bytes()


def test_what_there_is_not_is_left_out(tmp_path):
    empty = content(alarm=False, images={}, classes=[], unreadable=[], unreadable_total=0, histograms=[])
    write_monitor_page(tmp_path / "page.html", empty)
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "Unusual images" not in page
    assert "Unreadable files" not in page


def test_a_chart_of_one_value_and_of_a_wide_range():
    one = histogram_chart(MonitorHistogram("width", np.full(5, 8.0), np.full(3, 8.0), False))
    assert one["medians"] == ["8", "8"]
    assert one["area"] == one["line"]
    wide = histogram_chart(MonitorHistogram("width", np.array([10.0, 5000.0]), np.array([100.0]), False))
    assert wide["logarithmic"]

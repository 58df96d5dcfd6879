"""Sheets as a browser reads them."""

import base64
import io
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from pipeline.report.sheet.prediction_sheet import SheetImage, write_sheet

VOID = {"meta", "img", "input"}


class Page(HTMLParser):
    """What a browser makes of a sheet: its elements, and its texts without style and script."""

    def __init__(self, text):
        super().__init__()
        self.text, self.elements, self.open, self.texts = text, [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if data.strip() and self.open[-1] not in ("style", "script"):
            self.texts.append(data.strip())

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    def pictures(self):
        data = [one["src"].removeprefix("data:image/jpeg;base64,") for one in self.all("img")]
        return [Image.open(io.BytesIO(base64.b64decode(one, validate=True))) for one in data]


@pytest.fixture
def image():
    def make(path="photos/a.jpg", **changes):
        gray = np.full((32, 32, 3), 128, np.uint8)
        values = {"best": (("cat", 0.75), ("dog", 0.2)), "label": None, "error": "", "picture": gray, "evidence": None}
        values |= changes
        return SheetImage(path, **values)

    return make


@pytest.fixture
def page_of(tmp_path):
    def make(*images, facts=None, note=""):
        write_sheet(tmp_path / "sheet.html", images, facts or {}, note)
        page = Page((tmp_path / "sheet.html").read_text(encoding="utf-8"))
        assert page.open == []
        return page

    return make

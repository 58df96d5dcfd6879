"""Pages of audits as a browser reads them."""

import base64
import io
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from pipeline.report.audit.audit_content import AuditCase, AuditContent, AuditFinding, AuditImage
from pipeline.report.audit.audit_page import write_audit_page

VOID = {"meta", "img", "wbr"}


class Page(HTMLParser):
    """The elements of a page, and its texts without style."""

    def __init__(self, text):
        super().__init__()
        self.text, self.elements, self.open, self.pieces = text, [], [], []
        self.feed(text)
        self.close()
        self.words = " ".join("".join(self.pieces).split())

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        assert "svg" in self.open
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        if tag in ("p", "li", "td", "th", "dt", "dd", "h1", "h2", "h3", "a", "tr", "article"):
            self.pieces.append(" ")

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.pieces.append(data)

    def all(self, tag, kind=None):
        found = [attributes for name, attributes in self.elements if name == tag]
        return [one for one in found if kind is None or kind in (one.get("class") or "").split()]

    def pictures(self):
        data = [one["src"].removeprefix("data:image/jpeg;base64,") for one in self.all("img")]
        return [Image.open(io.BytesIO(base64.b64decode(one, validate=True))) for one in data]


@pytest.fixture
def image():
    def make(path="train/cat/a.jpg", label="cat", split="train", side=32):
        return AuditImage(path, label, split, np.full((side, side, 3), 128, np.uint8) if side else None)

    return make


@pytest.fixture
def finding():
    def make(*cases, **changes):
        values = {"name": "dark", "title": "Nearly black", "meaning": "Look at them.", "action": "warn"}
        cases = tuple(case if isinstance(case, AuditCase) else AuditCase(tuple(case), "why") for case in cases)
        return AuditFinding(**values | {"total": len(cases), "files": len(cases), "cases": cases} | changes)

    return make


@pytest.fixture
def content():
    def make(**changes):
        values = {
            "title": "photos",
            "facts": {},
            "counts": pd.DataFrame({"images": [], "dropped": []}, dtype=int),
            "widths": np.zeros(0, np.int64),
            "heights": np.zeros(0, np.int64),
            "brightness": np.zeros(0, np.float32),
            "samples": {},
            "findings": (),
            "clean": (),
            "left_out": (),
            "left_out_total": 0,
        }
        return AuditContent(**values | changes)

    return make


@pytest.fixture
def page_of(tmp_path, content):
    def make(**changes):
        write_audit_page(tmp_path / "report.html", content(**changes))
        page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
        assert page.open == []
        return page

    return make

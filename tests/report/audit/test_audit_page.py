"""The page of an audit."""

import re

import numpy as np
import pandas as pd
import pytest

from pipeline.report.audit.audit_content import AuditCase
from pipeline.report.audit.audit_page import write_audit_page

HOSTILE = "</style></script><img src=x onerror=alert(1)>\"'&\n\x00\u202egpj\udce9"
SHOWN = r"""</style></script><img src=x onerror=alert(1)>"'&\n\x00\u202egpj\udce9"""
NAMES = [HOSTILE, "W" * 240, "صورة/قطة/جميلة.jpg", "two\nlines", "", "\udcff\udcfe", "/" * 9, "{{ 7 * 7 }}"]


@pytest.fixture
def hostile(image, finding):
    """Content that holds the names wherever a name can be."""
    images = [image(name, name, name) for name in NAMES]
    cases = [AuditCase((one,), name) for one, name in zip(images, NAMES, strict=True)]
    options = {"meaning": HOSTILE, "title": HOSTILE}
    return {
        "title": HOSTILE,
        "facts": {name: name for name in NAMES},
        "counts": pd.DataFrame({"images": 3, "dropped": 1}, index=pd.Index(NAMES, dtype=object)),
        "samples": {name: tuple(images) for name in NAMES},
        "findings": (
            finding(*cases, AuditCase(tuple(images * 40), HOSTILE), **options),
            finding(AuditCase((image(HOSTILE, side=0),), HOSTILE), name="listed", **options),
        ),
        "clean": tuple(NAMES),
        "left_out": tuple((name, name, name) for name in NAMES),
        "left_out_total": 8,
    }


def test_hostile_names_are_text(page_of, hostile):
    page = page_of(**hostile)
    assert not {"script", "iframe", "link", "object", "form"} & {tag for tag, _ in page.elements}
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert len(page.all("style")) == 1
    assert page.words.count(SHOWN) > 20
    assert page.words.count("{{ 7 * 7 }}") > 8
    assert not re.search("[\x00\u202e\n]", page.words)
    assert "صورة/قطة/جميلة.jpg" in page.words
    assert "W" * 240 in page.words
    assert r"two\nlines" in page.words


def test_it_needs_nothing_else(page_of, hostile):
    page = page_of(**hostile, widths=np.array([10, 20]), heights=np.array([10, 10]), brightness=np.array([3], "f4"))
    policy = next(one["content"] for one in page.all("meta") if "http-equiv" in one)
    assert policy == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    assert not re.search(r"https?:|@import|url\((?!#)", page.text)
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.elements:
        assert attributes.get("src", "data:").startswith("data:image/jpeg;base64,") or "src" not in attributes
        assert attributes.get("href", "#findings").removeprefix("#") in ids
        assert attributes.get("aria-labelledby", "findings") in ids


def test_equal_contents_give_equal_bytes(tmp_path, content, hostile):
    for name in "ab":
        write_audit_page(tmp_path / name, content(**hostile))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_it_shows_title_facts_and_what_was_not_found(page_of):
    page = page_of(facts={"source": "/data/photos", "images": "1,803"}, clean=("Blurred", "Nearly white"))
    assert "photos source /data/photos" in page.words.replace("No findings: 2 checks passed. ", "").replace("✓ ", "")
    assert "images 1,803" in page.words
    assert "Looked for and not found Blurred Nearly white" in page.words


@pytest.mark.parametrize(
    ("actions", "left_out", "state", "sentence"),
    [
        ((), 0, "clear", "No findings: 1 check passed."),
        ((), 1, "clear", "1 file left out."),
        (("warn",), 0, "warn", "1 warning."),
        (("drop", "warn", "warn"), 1200, "drop", "1 finding that drops 1,200 files, 2 warnings."),
        (("stop", "stop", "drop", "ignore"), 1, "stop",
         "2 findings that stop the preparation, 1 finding that drops 1 file, 1 finding ignored."),
    ],
)  # fmt: skip
def test_the_verdict_counts_findings_by_what_they_do(page_of, finding, actions, left_out, state, sentence):
    findings = tuple(finding(action=action, name=f"{number}") for number, action in enumerate(actions))
    page = page_of(findings=findings, left_out_total=left_out, clean=("Blurred",))
    assert sentence in page.words
    assert len(page.all("p", state)) == 1


def test_files_left_out_are_listed_with_a_link_to_the_finding(page_of, finding):
    left_out = (("a/x.pdf", "not_an_image", "starts with %PDF"), ("b/1.jpg", "not_chosen", ""))
    page = page_of(
        findings=(finding(name="not_an_image", title="Not an image", action="drop"),),
        left_out=left_out,
        left_out_total=1000,
    )
    assert "1,000 files; the first 2 are listed" in page.words
    assert "a/x.pdf Not an image starts with %PDF b/1.jpg not chosen" in page.words
    assert [one["href"] for one in page.all("a")].count("#finding-not_an_image") == 2


def test_a_page_may_be_empty(page_of):
    page = page_of(title="")
    for sentence in ("No findings.", "Nothing was looked for.", "There is no class.", "There is no readable image."):
        assert sentence in page.words
    assert page.all("img") == []


@pytest.mark.parametrize(("classes", "shown", "each"), [(3, 3, 10), (100, 100, 4), (1000, 1000, 1), (1001, 1000, 1)])
def test_many_classes_show_fewer_samples_each(page_of, image, classes, shown, each):
    samples = {f"class {number}": (image(side=8),) * 10 for number in range(classes)}
    page = page_of(samples=samples)
    assert len(page.all("img")) == shown * each
    assert ("Of the first 1,000 of 1,001 classes." in page.words) == (classes > shown)
    assert len(page.text) < 3_000_000


def test_samples_are_small_and_named(page_of, image):
    page = page_of(samples={"cat": (image("x/one.jpg", side=160), image("x/two.jpg", side=8), image("gone", side=0))})
    assert [(one["alt"], one["title"], one["width"]) for one in page.all("img")] == [
        ("one.jpg", "x/one.jpg", "96"),
        ("two.jpg", "x/two.jpg", "8"),
    ]
    assert [picture.size for picture in page.pictures()] == [(96, 96), (8, 8)]
    assert len(page.all("img", "small")) == 1

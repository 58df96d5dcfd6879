"""From an audit to the content of its page."""

import pytest
from PIL import Image

from pipeline.config.schema.audit_schema import AuditConfig, AuditLimits
from pipeline.data.sources.listing import LeftOut, Listing
from pipeline.data.survey import audit_listing
from pipeline.report.audit.audit_gallery import MOST_CASES, Gallery
from tests.data.audit.scenes import record, scene


@pytest.fixture
def content():
    """Return the page's content of records that are audited."""

    def content(records, left_out=(), **actions):
        config = AuditConfig(**actions, limits=AuditLimits(class_images=3))
        listing = Listing(list(records), sorted({one.label for one in records}), list(left_out))
        audit = audit_listing(listing, config)
        limit = config.limits.pixels
        gallery = Gallery(audit, audit.manifest, listing.records, listing.classes, config.actions, limit)
        return gallery.content("photos", {"source": "photos"})

    return content


def test_a_case_shows_its_images_with_class_split_and_reason(content):
    records = [record(f"train/cat/{n}.png", scene(n)) for n in range(5)]
    found = content([*records, record("test/dog/a.png", scene(2), "test")], small_class="ignore")
    conflict, leak = found.findings
    assert (conflict.name, conflict.action, conflict.total, conflict.files) == ("label_conflict", "drop", 1, 2)
    (case,) = leak.cases
    assert [(one.path, one.label, one.split) for one in case.images] == [
        ("train/cat/2.png", "cat", "train"),
        ("test/dog/a.png", "dog", "test"),
    ]
    assert case.reason == "the same pixels are in train and test"
    assert case.images[0].picture.shape == (80, 96, 3)
    assert found.left_out_total == 2


def test_counts_by_class_and_split(content):
    records = [
        record(f"train/{label}/{n}.png", scene(n + 50 * len(label))) for label in ("cat", "horse") for n in range(4)
    ]
    found = content([*records, record("test/cat/a.png", scene(99), "test")])
    assert found.counts.to_dict("index") == {
        "cat": {"train": 4, "validation": 0, "test": 1, "dropped": 0},
        "horse": {"train": 4, "validation": 0, "test": 0, "dropped": 0},
    }
    assert len(found.widths) == len(found.heights) == len(found.brightness) == 9
    assert [len(images) for images in found.samples.values()] == [5, 4]


def test_a_class_that_is_dropped_whole_has_its_number(content):
    records = [*[record(f"cat/{n}.png", scene(n)) for n in range(3)], record("owl/a.png", Image.new("RGB", (9, 9)))]
    assert content(records, uniform="drop").counts.loc["owl"].to_dict() == {"images": 0, "dropped": 1}


def test_many_cases_are_counted_and_some_shown(content):
    records = [record(f"cat/{n}.png", Image.new("RGB", (32, 32), (n, 0, 0))) for n in range(40)]
    (uniform,) = content(records).findings
    assert (uniform.name, uniform.total, len(uniform.cases)) == ("uniform", 40, MOST_CASES)


def test_a_small_class_is_named_and_what_is_not_looked_for_is_not_called_clean(content):
    found = content([record(f"cat/{n}.png", scene(n)) for n in range(2)], dark="ignore")
    (small,) = found.findings
    assert small.cases[0].reason == "2 images in cat"
    assert "Blurred" in found.clean
    assert "Too dark" not in found.clean


def test_files_that_cannot_be_shown_are_listed(content):
    found = content(
        [record(f"cat/{n}.png", scene(n)) for n in range(5)], [LeftOut("cat/p", "not_a_file", "a named pipe")]
    )
    assert found.left_out == (("cat/p", "not_a_file", "a named pipe"),)
    assert found.findings[0].cases[0].images[0].picture is None

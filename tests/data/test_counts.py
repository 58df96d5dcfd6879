import pytest
from PIL import Image

from pipeline.config.schema.audit_schema import AuditConfig, AuditLimits
from pipeline.data.counts import audit_lines, count_images
from pipeline.data.final_manifest import split_images
from pipeline.data.pack import pack_images
from pipeline.data.record import Record
from pipeline.data.sources.listing import LeftOut, Listing
from tests.data.audit.scenes import scene


def broken():
    raise OSError("broken\nfile")


@pytest.fixture
def audited(config, tmp_path):
    """Return the audit of ten images of `a`, five of `b` and seven files that are no images, and the data settings."""
    records = [Record(f"{label}/{n}", label, None, scene(n + 50 * (label == "b"), (20, 20)).copy)
               for label, count in (("a", 10), ("b", 4)) for n in range(count)]  # fmt: skip
    records.append(Record("b/4", "b", None, Image.new("RGB", (20, 20)).copy))
    records.append(Record("b/5", "b", None, broken))
    files = [LeftOut(f"x\n{n}", "outside_classes", "beside the class folders") for n in range(6)]
    files.append(LeftOut("c/1", "not_chosen", "its class is not chosen"))
    audit = AuditConfig(near_duplicate="ignore", limits=AuditLimits(class_images=6))
    data = config.data.model_copy(update={"height": 8, "width": 8, "audit": audit})
    return pack_images(Listing(records, ["a", "b"], files), data, tmp_path).audit, data


def test_the_summary_counts_what_was_packed_and_found(audited, tmp_path):
    audit, data = audited
    info, manifest = split_images(audit, ["a", "b"], data, tmp_path)
    summary = count_images(manifest, audit, info.classes, info.digest)
    assert sum(summary.pop("images").values()) == 15
    assert summary == {
        "classes": 2,
        "left_out": 7,
        "not_chosen": 1,
        "findings": {"outside_classes": 6, "unreadable": 1, "uniform": 1, "small_class": 1},
        "smallest_class": 5,
        "largest_class": 10,
        "digest": info.digest[:12],
    }


def test_the_first_files_are_named_and_the_rest_counted_by_kind(audited):
    audit, data = audited
    assert audit_lines(audit, data.audit) == [
        "warning: left out b/5: unreadable: broken file",
        *[f"warning: left out x\\n{n}: outside_classes: beside the class folders" for n in range(4)],
        "warning: left out 2 more: 2 outside_classes",
        "warning: kept 1 image: a single color (uniform)",
        "warning: classes with few images (small_class): b 5",
    ]

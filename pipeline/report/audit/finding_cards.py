"""The gallery of a finding: a card for each case."""

from typing import Any

from pipeline.base.printable import printable
from pipeline.report.audit.audit_content import AuditCase, AuditFinding, AuditImage
from pipeline.report.page.file_place import file_place
from pipeline.report.page.page_pictures import embedded_picture

LONGEST = 160  # pixels of a picture's long side
MOST_PICTURES = 12  # of a case; of further files, the paths are listed
MOST_PATHS = 200  # of a case; further files are counted


def finding_cards(finding: AuditFinding) -> dict[str, Any]:
    """Return what the template shows of a finding."""
    cases = [_case(case) for case in finding.cases]
    return {
        "id": printable(finding.name),
        "title": printable(finding.title),
        "meaning": printable(finding.meaning),
        "action": printable(finding.action),
        "total": finding.total,
        "files": finding.files,
        "cases": cases,
        "pictured": any(image["picture"] for case in cases for image in case["images"]),
        "alone": all(len(case["images"]) < 2 for case in cases),
    }


def image_view(image: AuditImage, longest: int = LONGEST) -> dict[str, Any]:
    """Return what the template shows of an image.

    Args:
        image: one with or without a picture.
        longest: pixels of the picture's long side, at most.
    """
    return {
        "place": file_place(image.path),
        "label": printable(image.label),
        "split": printable(image.split),
        "picture": None if image.picture is None else embedded_picture(image.picture, longest),
    }


def _case(case: AuditCase) -> dict[str, Any]:
    paths = [file_place(image.path) for image in case.images[MOST_PICTURES:]]
    return {
        "reason": printable(case.reason),
        "images": [image_view(image) for image in case.images[:MOST_PICTURES]],
        "more": paths[:MOST_PATHS],
        "unlisted": len(paths[MOST_PATHS:]),
        "labels_differ": len({image.label for image in case.images}) > 1,
        "splits_differ": len({image.split for image in case.images}) > 1,
    }

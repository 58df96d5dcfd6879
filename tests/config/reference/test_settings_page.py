"""docs/settings.md."""

import pytest

from pipeline.config.reference.settings_page import settings_page


@pytest.fixture(scope="module")
def page(root):
    return settings_page(root)


def test_the_page_in_docs_is_up_to_date(root, page):
    assert (root / "docs/settings.md").read_text(encoding="utf-8") == page, (
        "docs/settings.md is stale; make it again: python -m pipeline.params --reference > docs/settings.md"
    )


def test_a_value_that_one_file_changes_is_named(page):
    assert "| 0.9, except open null |" in page

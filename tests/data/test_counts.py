import pandas as pd
import pytest

from pipeline.data.counts import count_images, unreadable_warnings


@pytest.fixture
def manifest():
    """Return ten packed images of `a`, four of `b`, and seven that cannot be read."""
    labels = ["a"] * 10 + ["b"] * 4 + ["a"] * 7
    return pd.DataFrame(
        {
            "path": [f"{label}/{number}" for number, label in enumerate(labels)],
            "label": labels,
            "split": ["train"] * 8 + ["validation", "test", "train", "train", "validation", "test"] + [None] * 7,
            "verdict": ["ok"] * 14 + ["unreadable: broken file"] * 7,
            "position": [*range(14), *[-1] * 7],
        }
    )


def test_the_summary_counts_what_was_packed(manifest):
    assert count_images(manifest, ["a", "b"], "0123456789abcdef") == {
        "images": {"train": 10, "validation": 2, "test": 2},
        "classes": 2,
        "unreadable": 7,
        "smallest_class": 4,
        "largest_class": 10,
        "digest": "0123456789ab",
    }


def test_the_first_unreadable_files_are_named_and_the_rest_counted(manifest):
    lines = unreadable_warnings(manifest)
    assert len(lines) == 6
    assert lines[0] == "warning: left out a/14: unreadable: broken file"
    assert "2 more" in lines[-1]


def test_few_unreadable_files_need_no_line_for_the_rest(manifest):
    assert len(unreadable_warnings(manifest.head(19))) == 5
    assert unreadable_warnings(manifest.head(14)) == []

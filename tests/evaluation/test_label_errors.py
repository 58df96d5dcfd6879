"""Images whose label the network contradicts."""

import numpy as np
import pandas as pd
import pytest

from pipeline.evaluation.label_errors import likely_label_errors

CLASSES = ["cat", "dog", "elk"]


def table(probabilities, labels, split="test"):
    """Return rows of a predictions table."""
    probabilities = np.asarray(probabilities, np.float32)
    count = len(labels)
    rows = pd.DataFrame({"path": [f"{split}/{one}.png" for one in range(count)],
                         "digest": [f"{split}{one}" for one in range(count)], "position": range(count),
                         "split": split, "label": labels})  # fmt: skip
    return rows.assign(**{f"p_{name}": probabilities[:, place] for place, name in enumerate(CLASSES)})


def test_a_wrong_label_is_found_with_what_it_may_be():
    rows = table([[0.9, 0.1, 0], [0.7, 0.2, 0.1], [0.1, 0.9, 0], [0.95, 0.04, 0.01]], ["cat", "cat", "dog", "dog"])
    found = likely_label_errors(rows, CLASSES)
    assert list(found.columns) == [
        "path", "digest", "position", "split", "label", "suggested", "label_probability", "suggested_probability",
        "margin",
    ]  # fmt: skip
    (row,) = found.to_dict("records")
    assert (row["path"], row["label"], row["suggested"], row["position"]) == ("test/3.png", "dog", "cat", 3)
    assert row["label_probability"] == pytest.approx(0.04)
    assert row["suggested_probability"] == pytest.approx(0.95)
    assert row["margin"] == pytest.approx(0.91)


def test_a_mistake_without_confidence_is_not_listed():
    rows = table([[0.625, 0.25, 0.125], [0.75, 0.25, 0], [0.25, 0.25, 0.5]], ["dog", "dog", "dog"])
    assert likely_label_errors(rows, CLASSES)["path"].tolist() == ["test/1.png"]  # by 0.5; the others by less


def test_of_training_images_a_smaller_difference_is_suspicious():
    rows = [[0.65, 0.25, 0.1], [0.55, 0.3, 0.15]]  # by 0.4 and by 0.25
    parts = [table(rows, ["dog", "dog"], split) for split in ("train", "validation", "test")]
    assert likely_label_errors(pd.concat(parts), CLASSES)["path"].tolist() == ["train/0.png"]


def test_the_most_suspicious_come_first_from_all_splits():
    parts = [table([[0.8, 0.2, 0], [0, 0.1, 0.9]], ["dog", "dog"], split) for split in ("train", "test")]
    parts.append(table([[1, 0, 0]], ["elk"], "validation"))
    found = likely_label_errors(pd.concat(parts), CLASSES)
    assert found["path"].tolist() == [
        "validation/0.png", "test/1.png", "train/1.png", "test/0.png", "train/0.png"
    ]  # fmt: skip


def test_no_images_have_no_errors():
    found = likely_label_errors(table(np.empty((0, 3)), []), CLASSES)
    assert "margin" in found.columns
    assert found.empty


def test_images_in_blocks_are_all_looked_at():
    random = np.random.default_rng(0)
    truth = random.integers(0, 3, 9000)
    probabilities = (np.eye(3)[truth] * 0.9 + 0.1 / 3).astype(np.float32)
    given = np.where(random.random(9000) < 0.05, (truth + 1) % 3, truth)
    found = likely_label_errors(table(probabilities, np.array(CLASSES)[given]), CLASSES)
    assert sorted(found["position"]) == np.flatnonzero(given != truth).tolist()
    assert found["suggested"].tolist() == [CLASSES[truth[place]] for place in found["position"]]

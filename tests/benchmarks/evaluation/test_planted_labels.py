"""Wrong labels planted, and a list of likely ones scored."""

import pandas as pd
import pytest

from benchmarks.evaluation.planted_digits import planted_labels
from benchmarks.evaluation.planted_labels import RULES, ListScore


def test_the_share_of_labels_is_replaced_by_other_classes():
    labels = list("abcd") * 500
    planted = planted_labels(labels, 0.05, seed=1)
    changed = [(old, new) for old, new in zip(labels, planted, strict=True) if old != new]
    assert len(changed) == 100
    assert set(planted) == set("abcd")
    assert len(set(changed)) == 12  # each class becomes each other one
    assert planted == planted_labels(labels, 0.05, seed=1) != planted_labels(labels, 0.05, seed=2)


def test_a_list_is_scored_by_the_planted_labels_of_its_split():
    table = pd.DataFrame({"path": list("abcdef"), "split": ["test"] * 5 + ["train"],
                          "label": list("xyxyxy"), "truth": list("yyxxxx")})  # fmt: skip
    found = pd.DataFrame({"path": list("cafd"), "split": ["test", "test", "train", "test"]})
    score = ListScore.of(found, table, "test")  # a and d are wrong; the list begins with c, which is not
    assert (score.listed, score.precision, score.recall, score.first) == (3, pytest.approx(2 / 3), 1.0, 0.5)


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_finds_a_label_that_is_plainly_wrong(rule):
    sure = {"a": [0.95, 0.05], "b": [0.05, 0.95]}
    rows = [(split, label, label) for split in ("train", "validation", "test") for label in "aabb"]
    rows.append(("test", "a", "b"))
    table = pd.DataFrame([
        {"path": f"{split}{place}", "digest": str(place), "position": place, "split": split, "label": label,
         "predicted": truth, "confidence": 0.95, "p_a": sure[truth][0], "p_b": sure[truth][1]}
        for place, (split, label, truth) in enumerate(rows)
    ])  # fmt: skip
    assert RULES[rule](table, ["a", "b"])["path"].tolist() == ["test12"]

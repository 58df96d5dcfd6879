from pipeline.lifecycle.champion.decision_tags import LONGEST_KEY, criteria_tags
from pipeline.registry.gate import Criterion


def test_each_criterion_has_its_tag_and_long_class_names_share_none():
    metrics = ["accuracy", *(f"class/{'very long ' * 30}{end}/recall" for end in ("a", "b"))]
    tags = criteria_tags([Criterion(metric, "at least", 0.9, 0.95) for metric in metrics])
    assert tags["gate.accuracy"] == "0.9500, at least 0.9: passed"
    assert len(tags) == 3
    assert all(key.startswith("gate.") and len(key) <= LONGEST_KEY for key in tags)

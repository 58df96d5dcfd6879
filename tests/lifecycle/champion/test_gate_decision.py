from pipeline.lifecycle.champion.gate_decision import LONGEST_KEY, criteria_tags
from pipeline.registry.gate import Criterion


def test_criteria_of_classes_with_long_names_have_a_tag_each():
    criteria = [Criterion(f"class/{'x' * 240}{end}/recall", "at least", 0.7, 0.8) for end in ("a", "b")]
    tags = criteria_tags([Criterion("accuracy", "at least", 0.9, 0.95), *criteria])
    assert len(tags) == 3
    assert tags["gate.accuracy"] == "0.9500, at least 0.9: passed"
    assert max(map(len, tags)) == LONGEST_KEY

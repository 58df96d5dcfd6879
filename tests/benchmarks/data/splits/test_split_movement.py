from benchmarks.data.splits import split_movement


def test_the_stable_split_of_large_classes_moves_nothing(monkeypatch):
    monkeypatch.setattr(split_movement, "SIZES", (200,))
    stable, stratified = split_movement.main(1).splitlines()[2:]
    assert stable.startswith("| 200 | 2 | stable | 0.0 of 2,000 (0.00%) | 0 |")
    assert "| 15% – 15% |" in stratified

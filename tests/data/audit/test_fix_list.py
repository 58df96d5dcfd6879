import pandas as pd

from pipeline.data.audit.fix_list import fix_list, write_fix_list
from tests.data.audit.scenes import record, scene


def test_the_copies_to_move_and_the_images_to_look_at(audited, tmp_path):
    records = [
        record("cat/a, b.png", scene(1)),
        record('cat/"b".png', scene(1)),
        record("cat/c.png", scene(2)),
        record("dog/c\n.png", scene(2)),
    ]
    audit = audited(records)
    rows = fix_list(audit)
    assert rows[["suggestion", "path", "finding", "other"]].to_numpy().tolist() == [
        ["look", "cat/c.png", "label_conflict", "dog/c\n.png"],
        ["look", "dog/c\n.png", "label_conflict", "cat/c.png"],
        ["move", 'cat/"b".png', "exact_duplicate", "cat/a, b.png"],
    ]
    assert write_fix_list(tmp_path / "fix.csv", audit) == 3
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "fix.csv"), rows)


def test_a_name_outside_utf_8_is_escaped(audited, tmp_path):
    audit = audited([record("cat/a.png", scene(1)), record("cat/b\udce9.png", scene(1))])
    assert write_fix_list(tmp_path / "fix.csv", audit) == 1
    assert "cat/b\\udce9.png" in (tmp_path / "fix.csv").read_text()


def test_without_findings_the_table_is_empty_and_has_its_head(audited, tmp_path):
    assert write_fix_list(tmp_path / "fix.csv", audited([record("cat/a.png", scene(1))])) == 0
    assert (tmp_path / "fix.csv").read_text() == "suggestion,path,label,finding,reason,other\n"

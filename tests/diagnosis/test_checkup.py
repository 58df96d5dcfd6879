"""All checks together: text, JSON, exit code, mending."""

import json

from pipeline.diagnosis.checkup import examine
from pipeline.diagnosis.checkup_report import report_json, report_text
from pipeline.diagnosis.finding import Verdict, fine, problem, warning


def test_a_check_that_fails_itself_is_a_problem_and_the_others_go_on(project):
    def broken(_):
        raise ZeroDivisionError("by zero")
        yield

    found = examine(project, checks=[("sick", broken), ("well", lambda _: [fine("well", "fine")])])
    assert [(one.about, one.verdict) for one in found] == [("sick", Verdict.PROBLEM), ("well", Verdict.OK)]
    assert "by zero" in found[0].text


def test_with_fix_only_what_is_safe_is_mended(project):
    def fails():
        raise OSError("read-only")

    findings = [
        warning("a", "left", "rm a", lambda: "a removed"),
        problem("b", "broken", "mv b c"),
        warning("c", "stuck", None, fails),
    ]
    mended = examine(project, fix=True, checks=[("all", lambda _: findings)])
    assert [(one.verdict, one.text) for one in mended] == [
        (Verdict.OK, "mended: a removed"),
        (Verdict.PROBLEM, "broken"),
        (Verdict.WARNING, "stuck; it could not be mended: read-only"),
    ]


def test_the_text_has_the_command_below_and_counts_at_the_end():
    text = report_text([fine("a", "fine"), problem("bb", "bad\nthing", "rm x"), warning("c", "long " * 40)], 80)
    assert "bb  PROBLEM  bad\\nthing\n             > rm x" in text
    assert max(map(len, text.splitlines())) <= 80
    assert text.endswith("1 problem and 1 warning in 3 checks")
    assert report_text([fine("a", "fine")]).endswith("nothing is wrong (1 checks)")


def test_json_has_the_worst_verdict_and_all_checks():
    record = json.loads(report_json([fine("a", "fine"), warning("b", "bad", "rm x")]))
    assert record["verdict"] == "warning"
    assert record["checks"][1] == {"about": "b", "verdict": "warning", "text": "bad", "command": "rm x"}


def test_the_command_exits_with_3_where_something_is_wrong_and_changes_nothing(project, command):
    (project / "params.yaml").write_text("")
    ended = command(project, "pipeline.doctor", "--json")
    record = json.loads(ended.output)
    assert ended.code == 3
    assert {one["about"] for one in record["checks"]} >= {"Python", "git", "store", "outputs", "leftovers"}
    assert (project / "params.yaml").read_text() == ""
    assert not (project / "mlflow.db").exists()

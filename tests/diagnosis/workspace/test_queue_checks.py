"""Experiments that were queued elsewhere."""

import base64
import json

from pipeline.diagnosis.finding import Verdict
from pipeline.diagnosis.workspace.queue_checks import check_queue
from tests.diagnosis.conftest import only


def queued(project, folder):
    """Write a message as DVC does."""
    body = json.dumps([[{"dvc_root": str(folder), "name": "x"}], {"copy_paths": []}, {"chain": None}])
    file = project / ".dvc/tmp/exps/celery/broker/in/1_a.celery.msg"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"body": base64.b64encode(body.encode()).decode(), "headers": {}}))
    return file


def test_experiments_that_would_run_in_the_original_are_found(project, patient):
    assert list(check_queue(patient)) == []
    queued(project, project)
    assert only(check_queue, patient).text == "1 waiting"
    queued(project, "/home/ann/original")
    other = only(check_queue, patient)
    assert other.verdict is Verdict.WARNING
    assert "/home/ann/original" in other.text
    assert other.command == "dvc queue remove --queued"


def test_a_message_of_another_kind_is_passed_over(project, patient):
    queued(project, project).write_text("{}")
    assert list(check_queue(patient)) == []

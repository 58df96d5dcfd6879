"""How long MLflow waits for a store."""

import os
import subprocess
import sys

from pipeline.tracking.server.mlflow_internals import BRIEF, BRIEF_IN, DEFAULTS, brief_requests

SHOW = """
import os
from pipeline.tracking.server.mlflow_internals import BRIEF, configure_mlflow
configure_mlflow()
print(*(os.environ[name] for name in BRIEF))
"""


def test_a_process_that_starts_meanwhile_waits_as_long_as_usual_or_as_the_user_says(monkeypatch):
    monkeypatch.setenv(BRIEF[0], "77")
    monkeypatch.delenv(BRIEF[1], raising=False)
    with brief_requests(3):
        assert [os.environ[name] for name in BRIEF] == ["77", "0"]
        child = subprocess.run([sys.executable, "-c", SHOW], capture_output=True, text=True, check=True)
    assert child.stdout.split() == ["77", DEFAULTS[BRIEF[1]]]
    assert BRIEF_IN not in os.environ

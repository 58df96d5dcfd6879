"""A secret in an override is neither shown nor written, whichever tool composes the settings."""

import sys

import pytest

SECRET = "s3cret"
PARAMS = (sys.executable, "-m", "pipeline.params")


@pytest.mark.parametrize(
    "command",
    [
        (*PARAMS, f"tracking.uri='http://ann:{SECRET}@host'"),
        (*PARAMS, f"trackin.uri='http://ann:{SECRET}@host'"),
        ("dvc", "exp", "run", "-S", f"tracking.uri='http://ann:{SECRET}@host'"),
        ("dvc", "exp", "run", "--queue", "-S", f"data.path='https://host/a.zip?sig={SECRET}'"),
    ],
)
def test_a_refused_secret_is_neither_shown_nor_written(project, command):
    output = project.fail(*command)
    assert SECRET not in output
    assert project.git_status() == []
    files = [file for file in project.root.rglob("*") if file.is_file()]
    assert not [file for file in files if SECRET.encode() in file.read_bytes()]

"""Addresses of SQLite files: what SQLAlchemy opens is the file that was meant."""

from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from pipeline.base.addresses.sqlite_address import absolute_sqlite_uri, sqlite_file, sqlite_uri

HOSTILE = ("My Repo", "My%20Repo", "100%", "a?b", "a#b", "ü+'\"", "日本", "a%2Fb", "x@y:z")


@pytest.mark.parametrize("name", HOSTILE)
def test_sqlalchemy_and_the_project_read_the_file_that_was_meant(name):
    file = Path("/tmp") / name / "mlflow.db"
    assert Path(make_url(sqlite_uri(file)).database) == file
    assert sqlite_file(sqlite_uri(file)) == file


@pytest.mark.parametrize("name", HOSTILE)
def test_the_folder_that_mlflow_makes_before_decoding_an_address_is_there(name, tmp_path):
    (tmp_path / name).mkdir()
    named = Path(sqlite_uri(tmp_path / name / "mlflow.db").removeprefix("sqlite:///"))
    assert named.parent.is_dir()


@pytest.mark.parametrize(
    ("uri", "absolute"),
    [
        ("sqlite:///mlflow.db", "sqlite:////home/me/mlflow.db"),
        ("sqlite:///./x/../y/mlflow.db", "sqlite:////home/me/y/mlflow.db"),
        ("sqlite:///mlflow.db?timeout=9", "sqlite:////home/me/mlflow.db?timeout=9"),
        ("sqlite+pysqlite:///mlflow.db", "sqlite+pysqlite:////home/me/mlflow.db"),
        ("sqlite:////data/mlflow.db", "sqlite:////data/mlflow.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("sqlite://", "sqlite://"),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("postgresql://host/mlflow", "postgresql://host/mlflow"),
    ],
)
def test_a_relative_address_starts_from_the_project(uri, absolute):
    assert absolute_sqlite_uri(uri, Path("/home/me")) == absolute

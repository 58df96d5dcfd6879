"""Secrets in addresses."""

import os

import pytest

from pipeline.base.addresses.credentials import has_secret, masked, without_password

SECRET = [
    ("http://ann:s3cret@host:5000", "http://ann:***@host:5000"),
    ("http://ann:s3/c@ret@host", "http://ann:***@host"),
    ("http://ann:12/ab@host", "http://ann:***@host"),
    ("http://ann:1234567/ab@host.org", "http://ann:***@host.org"),
    ("https://ghp_s3cret@github.com/a.zip", "https://***@github.com/a.zip"),
    ("https://host/a?aws_secret_access_key=s3cret", "https://host/a?aws_secret_access_key=***"),
    ("https://host/a?access_key=s3cret", "https://host/a?access_key=***"),
    ("https://host/a?x=1&key=s3cret&y=2", "https://host/a?x=1&key=***&y=2"),
    ("https://host/a?auth=s3cret", "https://host/a?auth=***"),
    ("https://host/a?Authorization=s3cret", "https://host/a?Authorization=***"),
    ("postgresql+psycopg2://ann:s%40cret@host/runs", "postgresql+psycopg2://ann:***@host/runs"),
    ("s3://KEY:s3cret@bucket/photos", "s3://KEY:***@bucket/photos"),
    ("https://host/a.zip?X-Amz-Signature=s3cret&x=1", "https://host/a.zip?X-Amz-Signature=***&x=1"),
    ("https://host/a.zip?v=1&sig=s3cret", "https://host/a.zip?v=1&sig=***"),
    ("https://host?access_token=s3cret#top", "https://host?access_token=***#top"),
    ("tracking.uri='http://ann:s3cret@host'", "tracking.uri='http://ann:***@host'"),
]
PLAIN = [
    "http://host:5000",
    "http://localhost:5000/a@b",
    "http://host.org:5000/a@b",
    "http://[::1]:5000/a@b",
    "http://host/a@b",
    "https://host/a?author=ann&keyword=rose&sign=1",
    "postgresql://ann@host/runs",
    "ssh://git@host/photos",
    "http://127.0.0.1:5000, ann@host",
    "sqlite:////home/ann/a:b@c/mlflow.db",
    "abfss://photos@account.dfs.core.windows.net/a",
    "s3://bucket/photos?region=eu",
    "models:/digits@champion",
    "/home/ann/photos?sign=1",
]


@pytest.mark.parametrize(("address", "shown"), SECRET)
def test_secrets_of_addresses_are_found_and_masked(address, shown):
    assert has_secret(address)
    assert masked(f"cannot open {address} today", {}) == f"cannot open {shown} today"


@pytest.mark.parametrize("address", PLAIN)
def test_addresses_without_a_secret_stay_as_they_are(address):
    assert not has_secret(address)
    assert masked(address, {}) == address


def test_values_of_secret_variables_are_masked_anywhere():
    assert masked("it said: s3cret!", {"MLFLOW_TRACKING_PASSWORD": "s3cret"}) == "it said: ***!"
    assert masked("a, b", {"MLFLOW_TRACKING_TOKEN": "a"}) == "a, b"


@pytest.mark.parametrize(
    ("address", "rest", "variables"),
    [
        (
            "http://ann:s%20t@host:5000",
            "http://host:5000",
            {"MLFLOW_TRACKING_USERNAME": "ann", "MLFLOW_TRACKING_PASSWORD": "s t"},
        ),
        ("postgresql://ann:secret@host/runs", "postgresql://ann@host/runs", {"PGPASSWORD": "secret"}),
        ("mysql://ann:secret@host/runs", "mysql://ann:secret@host/runs", {}),
        ("http://host:5000", "http://host:5000", {}),
    ],
)
def test_passwords_move_to_variables(monkeypatch, address, rest, variables):
    monkeypatch.setattr(os, "environ", environment := {})
    assert without_password(address) == rest
    assert environment == variables

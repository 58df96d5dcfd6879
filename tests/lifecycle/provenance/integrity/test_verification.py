"""`models verify` on a real store whose files are changed by hand."""

import shutil
from importlib.util import find_spec
from pathlib import Path

import mlflow
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from pipeline.lifecycle.provenance.integrity.version_files import MANIFEST, MANIFEST_DIGEST
from pipeline.lifecycle.provenance.integrity.version_manifest import write_manifest

MODELS = "pipeline.models"


def run_file(version, path):
    """Return a file that the version's run keeps, where the store has it."""
    uri = mlflow.get_run(version.run_id).info.artifact_uri
    return Path(mlflow.artifacts.download_artifacts(artifact_uri=f"{uri}/{path}"))


def test_files_are_identical_until_one_changes_is_missing_or_new(small_project, register, stored, command):
    version = register()
    digest = write_manifest(version.name, 1)
    assert mlflow.MlflowClient().get_model_version(version.name, "1").tags[MANIFEST_DIGEST] == digest
    ended = command(small_project, MODELS, "verify")
    assert (ended.code, ended.errors) == (0, "")
    assert ended.output == f"googlenet-digits version 1: identical, 3 files, manifest {digest[:16]}\n"

    stored(version, "data/model.keras").write_text("Weights")
    stored(version, "code/loader.py").unlink()
    stored(version, "code/added.py").write_text("")
    ended = command(small_project, MODELS, "verify", "models:/googlenet-digits/1")
    assert ended.code == 3
    assert ended.output.splitlines()[1:] == [
        "  changed: data/model.keras",
        "  missing: code/loader.py",
        "  new: code/added.py",
    ]


def test_writing_again_changes_nothing_and_completes_what_was_interrupted(small_project, register, stored):
    version = register()
    digest = write_manifest(version.name, 1)
    client = mlflow.MlflowClient()
    client.delete_model_version_tag(version.name, "1", MANIFEST_DIGEST)  # killed before the tag was written
    assert write_manifest(version.name, 1) == digest
    stored(version, "data/model.keras").write_text("other")
    assert write_manifest(version.name, 1) == digest  # what was registered counts, not what is there now


def test_a_manifest_that_is_gone_or_altered_hides_nothing(small_project, register, stored, command):
    version = register()
    write_manifest(version.name, 1)
    manifest = run_file(version, MANIFEST)
    stored(version, "data/model.keras").write_text("other")
    manifest.write_text(manifest.read_text().replace("loader", "loaded"))
    ended = command(small_project, MODELS, "verify")
    assert (ended.code, "manifest.json of its run was altered too" in ended.output) == (3, True)
    manifest.unlink()
    ended = command(small_project, MODELS, "verify")
    assert (ended.code, "manifest.json of its run is gone" in ended.output) == (3, True)
    stored(version, "data/model.keras").write_text("weights")
    assert command(small_project, MODELS, "verify").code == 0


@pytest.mark.parametrize(
    ("argument", "sentence"),
    [
        ("googlenet-digits", "has no manifest: it was registered outside this project, or by an earlier version"),
        ("googlenet-digits/7", "googlenet-digits has no version 7; there are: 1"),
        ("googlenet-digits@champion", "has no alias 'champion'"),
        ("googlenet-digitz", "did you mean 'googlenet-digits'"),
        ("a/b/c", "names no registered model"),
    ],
)
def test_what_cannot_be_verified_is_one_sentence(small_project, register, command, argument, sentence):
    register()
    ended = command(small_project, MODELS, "verify", argument)
    assert (ended.code, ended.output, len(ended.errors.splitlines())) == (1, "", 1)
    assert sentence in ended.errors


def test_a_version_without_a_run_is_one_sentence(small_project, tmp_path, command):
    (tmp_path / "model").mkdir()
    (tmp_path / "model/MLmodel").write_text("{}")
    client = mlflow.MlflowClient()
    client.create_registered_model("googlenet-digits")
    client.create_model_version("googlenet-digits", (tmp_path / "model").as_uri())
    key = small_project / "key.pem"
    key.write_bytes(
        ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    for arguments, sentence in (
        (("trace",), "has no MLflow run: it was registered outside this project"),
        (("verify",), "has no manifest: it was registered outside this project"),
        *([(("sign", "--key", str(key)), "has no MLflow run to keep files in")] * bool(find_spec("model_signing"))),
    ):
        ended = command(small_project, MODELS, *arguments)
        assert (ended.code, ended.output, len(ended.errors.splitlines())) == (1, "", 1)
        assert sentence in ended.errors


def test_files_that_are_gone_are_missing(small_project, register, stored, command):
    version = register()
    write_manifest(version.name, 1)
    shutil.rmtree(stored(version, ""))
    ended = command(small_project, MODELS, "verify")
    assert (ended.code, ended.errors) == (3, "")
    assert ended.output.endswith("  missing: MLmodel, code/loader.py, data/model.keras\n")

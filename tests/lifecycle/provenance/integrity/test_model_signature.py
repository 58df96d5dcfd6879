"""Signatures in the OpenSSF format, with keys as OpenSSL writes them."""

import json
import sys
from pathlib import Path

import mlflow
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from pipeline.base.errors import PipelineError
from pipeline.lifecycle.provenance.integrity.version_files import SIGNATURE, SIGNED_BY, kept_file
from pipeline.lifecycle.provenance.integrity.version_manifest import signing_key, write_manifest
from tests.lifecycle.provenance.integrity.test_verification import run_file

MODELS = "pipeline.models"


@pytest.fixture
def keys(tmp_path):
    """Return what writes a pair of keys; its paths are `NAME.key` and `NAME.pub`."""

    def write(name, key, password=None):
        encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
        private, public = tmp_path / f"{name}.key", tmp_path / f"{name}.pub"
        private.write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
        )
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        public.write_bytes(key.public_key().public_bytes(serialization.Encoding.PEM, form))
        return str(private), str(public)

    return write


@pytest.fixture
def library():
    return pytest.importorskip("model_signing")


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()], ids=lambda curve: curve.name)
def test_a_signature_holds_for_its_key_and_these_files(library, small_project, register, stored, command, keys, curve):
    version = register()
    write_manifest(version.name, 1)
    private, public = keys("mine", ec.generate_private_key(curve))
    assert command(small_project, MODELS, "sign", "--key", private).code == 0
    ended = command(small_project, MODELS, "verify", "--public-key", public)
    assert (ended.code, ended.errors) == (0, "")
    assert "the signature holds" in ended.output

    with kept_file(version, SIGNATURE) as file:
        bundle = json.loads(file.read_text())
    assert bundle["mediaType"].startswith("application/vnd.dev.sigstore.bundle")

    _, other = keys("other", ec.generate_private_key(curve))
    ended = command(small_project, MODELS, "verify", "--public-key", other)
    assert (ended.code, "it was made with another key" in ended.output) == (3, True)
    stored(version, "data/model.keras").write_text("Weights")
    ended = command(small_project, MODELS, "verify", "--public-key", public)
    assert (ended.code, "the files are not those that were signed" in ended.output) == (3, True)


def test_the_files_are_checked_by_the_signature_even_if_the_registry_was_altered_too(
    library, small_project, register, stored, command, keys
):
    version = register()
    private, public = keys("mine", ec.generate_private_key(ec.SECP256R1()))
    write_manifest(version.name, 1, key=Path(private))
    stored(version, "data/model.keras").write_text("Weights")
    stored(version, ".gitignore").write_text("*")  # a file that the library leaves out by default
    mlflow.MlflowClient().delete_model_version_tag(version.name, "1", "manifest.digest")
    write_manifest(version.name, 1)  # a manifest of the altered files
    assert command(small_project, MODELS, "verify").code == 0
    ended = command(small_project, MODELS, "verify", "--public-key", public)
    assert (ended.code, "the files are not those that were signed" in ended.output) == (3, True)
    stored(version, "data/model.keras").write_text("weights")
    assert command(small_project, MODELS, "verify", "--public-key", public).code == 3
    stored(version, ".gitignore").unlink()
    ended = command(small_project, MODELS, "verify", "--public-key", public)
    assert "its signature does not hold" not in ended.output


def altered(text):
    """Return a signature with another byte."""
    bundle = json.loads(text)
    signature = bundle["dsseEnvelope"]["signatures"][0]
    signature["sig"] = signature["sig"][:20] + ("A" if signature["sig"][20] != "A" else "B") + signature["sig"][21:]
    return json.dumps(bundle)


@pytest.mark.parametrize("damage", [lambda text: "", lambda text: text[:200], lambda text: "{}", altered])
def test_a_damaged_signature_is_one_line(library, small_project, register, command, keys, damage):
    version = register()
    private, public = keys("mine", ec.generate_private_key(ec.SECP256R1()))
    write_manifest(version.name, 1, key=Path(private))
    file = run_file(version, SIGNATURE)
    file.write_text(damage(file.read_text()))
    ended = command(small_project, MODELS, "verify", "--public-key", public)
    assert (ended.code, ended.errors, len(ended.output.splitlines())) == (3, "", 2)
    assert "its signature does not hold: it" in ended.output


def test_signing_again_with_the_same_key_changes_nothing(library, small_project, register, keys):
    version = register()
    private, _ = keys("mine", ec.generate_private_key(ec.SECP256R1()))
    write_manifest(version.name, 1, key=Path(private))
    first = run_file(version, SIGNATURE).read_bytes()
    write_manifest(version.name, 1, key=Path(private))
    assert run_file(version, SIGNATURE).read_bytes() == first
    other, _ = keys("other", ec.generate_private_key(ec.SECP256R1()))
    write_manifest(version.name, 1, key=Path(other))
    assert run_file(version, SIGNATURE).read_bytes() != first


def test_an_encrypted_key_takes_its_password_from_the_environment(
    library, small_project, register, command, keys, monkeypatch
):
    register()
    private, public = keys("mine", ec.generate_private_key(ec.SECP256R1()), b"secret")
    ended = command(small_project, MODELS, "sign", "--key", private)
    assert (ended.code, "is encrypted: set PIPELINE_SIGNING_PASSWORD" in ended.errors) == (1, True)
    monkeypatch.setenv("PIPELINE_SIGNING_PASSWORD", "wrong")
    ended = command(small_project, MODELS, "sign", "--key", private)
    assert (ended.code, "PIPELINE_SIGNING_PASSWORD is wrong" in ended.errors) == (1, True)
    monkeypatch.setenv("PIPELINE_SIGNING_PASSWORD", "secret")
    assert command(small_project, MODELS, "sign", "--key", private).code == 0
    assert command(small_project, MODELS, "verify", "--public-key", public).code == 0


def test_files_that_changed_since_registration_are_not_signed(library, small_project, register, stored, command, keys):
    version = register()
    write_manifest(version.name, 1)
    stored(version, "data/model.keras").write_text("Weights")
    private, _ = keys("mine", ec.generate_private_key(ec.SECP256R1()))
    ended = command(small_project, MODELS, "sign", "--key", private)
    assert (ended.code, "have changed since it was registered, so they are not signed" in ended.errors) == (1, True)
    assert SIGNED_BY not in mlflow.MlflowClient().get_model_version(version.name, "1").tags


def test_a_key_file_that_is_none_is_one_sentence(library, small_project, register, command, keys, tmp_path):
    register()
    private, public = keys("mine", ec.generate_private_key(ec.SECP256R1()))
    weak, weak_public = keys("rsa", rsa.generate_private_key(65537, 2048))
    curve, _ = keys("curve", ec.generate_private_key(ec.SECP256K1()))
    (tmp_path / "text.key").write_text("no key")
    text = str(tmp_path / "text.key")
    for arguments, sentence in [
        (("sign", "--key", text), "is no private key (PEM)"),
        (("sign", "--key", public), "is no private key (PEM)"),
        (("sign", "--key", weak), "is not a key on secp256r1"),
        (("sign", "--key", curve), "is not a key on secp256r1"),
        (("sign", "--key", str(tmp_path / "none")), "cannot be read: No such file"),
        (("verify", "--public-key", text), "is no public key (PEM)"),
        (("verify", "--public-key", private), "is a private key; give the public one"),
        (("verify", "--public-key", weak_public), "is not a key on secp256r1"),
        (("verify", "--public-key", str(tmp_path)), "cannot be read: Is a directory"),
    ]:
        ended = command(small_project, MODELS, *arguments)
        assert (ended.code, len(ended.errors.splitlines())) == (1, 1), arguments
        assert sentence in ended.errors


def test_a_version_that_is_not_signed_does_not_pass(library, small_project, register, command, keys):
    version = register()
    write_manifest(version.name, 1)
    _, public = keys("mine", ec.generate_private_key(ec.SECP256R1()))
    ended = command(small_project, MODELS, "verify", "--public-key", public)
    assert (ended.code, "it is not signed" in ended.output) == (3, True)


def test_without_the_library_one_sentence_says_what_to_install(small_project, register, command, keys, monkeypatch):
    version = register()
    write_manifest(version.name, 1)
    monkeypatch.setitem(sys.modules, "model_signing", None)
    private, _ = keys("mine", ec.generate_private_key(ec.SECP256R1()))
    ended = command(small_project, MODELS, "sign", "--key", private)
    assert (ended.code, ended.errors) == (
        1,
        "error: signatures need the library model-signing: pip install -e '.[sign]'\n",
    )


def test_the_setting_is_a_path_in_the_project_and_is_checked_before_anything_is_registered(
    library, config, keys, small_project, tmp_path
):
    private, _ = keys("mine", ec.generate_private_key(ec.SECP256R1()))
    (small_project / "mine.key").write_bytes(Path(private).read_bytes())

    def found(name):
        return signing_key(config.tracking.model_copy(update={"signing_key": name}), small_project)

    assert (found(None), found("mine.key"), found(private)) == (None, small_project / "mine.key", Path(private))
    with pytest.raises(PipelineError, match=r"other.key cannot be read: No such file"):
        found("other.key")

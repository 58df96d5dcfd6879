"""Signatures of a model's files in the OpenSSF model-signing format.

The format: https://github.com/ossf/model-signing-spec (a Sigstore bundle whose in-toto statement lists the SHA-256 of
each file). Only local elliptic-curve keys: keyless signatures need Sigstore's servers.
"""

import os
from pathlib import Path
from typing import Any

from pipeline.base.errors import PipelineError, one_line
from pipeline.lifecycle.provenance.integrity.key_file import (
    PASSWORD,
    check_private_key,
    check_public_key,
    fingerprint,
)  # fmt: skip

EXTRA = "signatures need the library model-signing: pip install -e '.[sign]'"


def check_signing(key: Path) -> str:
    """Return the fingerprint of the private key in `key`, if it and the library are there.

    Raises:
        PipelineError: the library is missing, or the file is no such key.
    """
    _library()
    return fingerprint(check_private_key(key).public_key())


def sign_folder(folder: Path, key: Path, signature: Path) -> str:
    """Sign all files in `folder`; return the key's fingerprint.

    Args:
        folder: of the model.
        key: file of a private key (PEM); the password of an encrypted one is in PIPELINE_SIGNING_PASSWORD.
        signature: file to write.

    Raises:
        PipelineError: the library is missing, or the file is no such key.
    """
    known = check_signing(key)
    password = os.environ.get(PASSWORD)
    secret: Any = password.encode() if password else None  # the library passes it on to cryptography, which takes bytes
    _, signing, _ = _library()
    config = signing.Config().use_elliptic_key_signer(private_key=key, password=secret)
    config.set_hashing_config(_hashing()).sign(folder, signature)
    return known


def check_signature(folder: Path, key: Path, signature: Path) -> str | None:
    """Return None if `signature` is that of the files in `folder` by the owner of `key`, else what is wrong.

    Args:
        folder: of the model.
        key: file of a public key (PEM).
        signature: file that `sign_folder` or another tool for the format wrote.

    Raises:
        PipelineError: the library is missing, or the file is no such key.
    """
    _, _, verifying = _library()
    own = fingerprint(check_public_key(key))
    config = verifying.Config().use_elliptic_key_verifier(public_key=key).set_hashing_config(_hashing())
    try:
        config.verify(folder, signature)
    except Exception as error:  # ValueErrors of the library, pydantic and json, and InvalidSignature
        return _reason(error, own)
    return None


def _reason(error: Exception, own: str) -> str:
    text = str(error)
    if "Key mismatch" in text:
        return f"it was made with another key (this one's fingerprint is {own[:16]})"
    if "Signature mismatch" in text:
        return "the files are not those that were signed"
    if type(error).__name__ == "InvalidSignature":
        return "it does not belong to this key, or it was altered"
    return f"it is damaged ({one_line(error, 80)})"


def _hashing() -> Any:
    """Return how files are hashed: each whole, by SHA-256, none left out."""
    hashing, _, _ = _library()
    return hashing.Config().set_ignored_paths(paths=[], ignore_git_paths=False)


def _library() -> tuple[Any, Any, Any]:
    try:
        from model_signing import hashing, signing, verifying
    except ImportError:
        raise PipelineError(EXTRA) from None
    return hashing, signing, verifying

"""Files with elliptic-curve keys (PEM), as OpenSSL writes them."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.base.errors import PipelineError
from pipeline.base.printable import printable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec

PASSWORD = "PIPELINE_SIGNING_PASSWORD"  # environment variable with the password of an encrypted private key
CURVES = ("secp256r1", "secp384r1", "secp521r1")  # that the signature's format allows
HOW = "openssl ecparam -name prime256v1 -genkey -noout -out signing.key"


def check_private_key(file: Path) -> "ec.EllipticCurvePrivateKey":
    """Return the private key in `file`.

    Raises:
        PipelineError: the file cannot be read, is no private key on one of the three curves, or its password is wrong.
    """
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    content, password = _content(file), os.environ.get(PASSWORD)
    try:
        key: Any = load_pem_private_key(content, password.encode() if password else None)
    except TypeError:  # encrypted and no password, or a password for a key without one
        reason = f"has no password, but {PASSWORD} is set" if password else f"is encrypted: set {PASSWORD}"
        raise PipelineError(f"the key {_name(file)} {reason}") from None
    except Exception as error:  # ValueError, UnsupportedAlgorithm and others of cryptography
        hint = f"or {PASSWORD} is wrong" if password else f"make one with: {HOW}"
        raise PipelineError(f"{_name(file)} is no private key (PEM); {hint}") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name not in CURVES:
        raise PipelineError(f"{_name(file)} is not a key on {', '.join(CURVES)}; make one with: {HOW}")
    return key


def check_public_key(file: Path) -> "ec.EllipticCurvePublicKey":
    """Return the public key in `file`.

    Raises:
        PipelineError: the file cannot be read, or is no public key on one of the three curves.
    """
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    content = _content(file)
    if b"PRIVATE KEY" in content:
        raise PipelineError(f"{_name(file)} is a private key; give the public one, such as signing.pub")
    try:
        key: Any = load_pem_public_key(content)
    except Exception as error:  # ValueError, UnsupportedAlgorithm and others of cryptography
        raise PipelineError(f"{_name(file)} is no public key (PEM)") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name not in CURVES:
        raise PipelineError(f"{_name(file)} is not a key on {', '.join(CURVES)}")
    return key


def fingerprint(key: "ec.EllipticCurvePublicKey") -> str:
    """Return the SHA-256 of a public key's PEM, in hex, as the signature's format names a key."""
    from hashlib import sha256

    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return sha256(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise PipelineError(f"the key {_name(file)} cannot be read: {error.strerror}") from None


def _name(file: Path) -> str:
    return printable(str(file))

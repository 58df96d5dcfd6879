"""Secrets in addresses: refused in settings, moved to variables, masked wherever text is shown."""

import os
import re
from collections.abc import Mapping
from urllib.parse import unquote

MASK = "***"
SHORTEST = 4  # characters of a secret that is masked wherever it stands: shorter ones are parts of words
# A password may hold any character, typed as it is. Digits after a host's colon are a port; where a slash
# and an @ follow, what is before the colon is a host only if it looks like one: http://ann:12/ab@host has a password.
USER_INFO = re.compile(
    r"(://)(?!(?:localhost|\[[^\]\s]*\]|[\w-]+(?:\.[\w-]+)+):\d{1,5}/)([^\s/@'\"<>]*)"
    r":(?!\d{1,5}(?:[?#\s,;)'\"]|$))([^\s'\"<>]+)@"
)
USER = re.compile(r"(https?://)[^\s/@:?#'\"<>]+@", re.IGNORECASE)  # git hosts take a token as the user alone
PARAMETER = re.compile(
    r"([?&;](?=[\w.-]*(?:key(?!word)|secret|token|auth(?!or\b|ors\b)|sig(?!n\b)|pass|credential|pwd))[\w.-]+=)"
    r"([^&;#\s'\"<>]+)",
    re.IGNORECASE,
)
USERNAME, PASSWORD, TOKEN = "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN"
POSTGRES_PASSWORD = "PGPASSWORD"  # what libpq, and so each driver of PostgreSQL here, falls back on
SECRET_VARIABLES = (PASSWORD, TOKEN, POSTGRES_PASSWORD, "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
DATABASES = ("postgresql", "mysql", "mssql", "oracle")


def has_secret(text: str) -> bool:
    """Return whether an address, or an address in a text, holds a password, a token or a secret parameter.

    Over HTTP any user is taken for a token.

    Example:
        >>> has_secret("http://ann:pw@host:5000"), has_secret("https://host/a.zip?sig=1"), has_secret("http://host:5000")
        (True, True, False)
    """
    return "://" in text and any(kind.search(text) for kind in (USER_INFO, USER, PARAMETER))


def masked(text: str, environment: Mapping[str, str] = os.environ) -> str:
    """Return `text` with `***` in place of the passwords and secret parameters of addresses in it.

    The values of the environment's secret variables are masked too, wherever they stand.

    Example:
        >>> masked("cannot open postgresql://ann:pw@host/runs")
        'cannot open postgresql://ann:***@host/runs'
    """
    for name in SECRET_VARIABLES:
        secret = environment.get(name, "")
        if len(secret) >= SHORTEST:
            text = text.replace(secret, MASK)
    text = USER.sub(rf"\1{MASK}@", USER_INFO.sub(rf"\1\2:{MASK}@", text))
    return PARAMETER.sub(rf"\1{MASK}", text)


def secret_advice(key: str, address: str) -> str:
    """Return what to do about a setting whose address holds a secret; a part of a sentence without the secret.

    Args:
        key: of the setting.
        address: its value.
    """
    scheme = address.partition("://")[0].partition("+")[0].lower()
    if key.startswith("tracking") and scheme in DATABASES:
        return (
            "leave the password out and set it in the environment variable PGPASSWORD or in the file ~/.pgpass "
            "(PostgreSQL), or set the whole address in the environment variable MLFLOW_TRACKING_URI"
        )
    if key.startswith("tracking"):
        return f"leave it out and set the environment variables {USERNAME} and {PASSWORD}, or {TOKEN}"
    if scheme in ("http", "https"):
        return "download the file and name its path, or name a bucket (s3://…, gs://…) with credentials outside"
    return "leave it out and set the environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile"


def without_password(address: str) -> str:
    """Return the address of a server or of a PostgreSQL database, its password moved to the environment.

    HTTP gets user and password from MLflow's own variables, PostgreSQL the password from libpq's. Variables that are
    set already stay as they are. Addresses of other kinds are returned as they are.

    Args:
        address: a URI.
    """
    scheme = address.partition("://")[0].partition("+")[0].lower()
    found = USER_INFO.search(address)
    if found is None or scheme not in ("http", "https", "postgresql"):
        return address
    start, user, password = found.groups()
    if scheme == "postgresql":
        os.environ.setdefault(POSTGRES_PASSWORD, unquote(password))
        return address.replace(found.group(), f"{start}{user}@")
    os.environ.setdefault(USERNAME, unquote(user))
    os.environ.setdefault(PASSWORD, unquote(password))
    return address.replace(found.group(), start)

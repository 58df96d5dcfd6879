"""A member of the team: a user of an MLflow server with passwords, and the file of variables to give to them.

    MLFLOW_TRACKING_PASSWORD=ADMIN'S python docs/team/members.py http://localhost:5000 ana ben

It writes `ana.env` and `ben.env` to the current folder.
"""

import argparse
import json
import os
import secrets
import sys
import urllib.error
import urllib.request
from base64 import b64encode
from pathlib import Path

ADMIN = "admin"


def main() -> None:
    """Create the members that the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("address", help="of the server, as members type it")
    parser.add_argument("names", nargs="+", help="of users to create")
    options = parser.parse_args()
    admin = os.environ.get("MLFLOW_TRACKING_PASSWORD") or sys.exit("set MLFLOW_TRACKING_PASSWORD to the admin's")
    for name in options.names:
        password = secrets.token_urlsafe(24)
        if create_user(options.address, admin, name, password):
            print(f"wrote {write_variables(Path(), options.address, name, password)}")
        else:
            print(f"{name} is there already and keeps the password")


def create_user(address: str, admin: str, name: str, password: str) -> bool:
    """Create a user; return False where there is one of this name.

    Args:
        address: of the server.
        admin: the administrator's password.
        name: of the user.
        password: the user's.
    """
    login = b64encode(f"{ADMIN}:{admin}".encode()).decode()
    headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}
    body = json.dumps({"username": name, "password": password}).encode()
    request = urllib.request.Request(f"{address.rstrip('/')}/api/2.0/mlflow/users/create", body, headers)
    try:
        urllib.request.urlopen(request).close()
    except urllib.error.HTTPError as error:
        answer = error.read().decode(errors="replace")
        if "RESOURCE_ALREADY_EXISTS" in answer:
            return False
        sys.exit(f"MLflow did not create the user {name}: {answer or error}")
    except OSError as error:
        sys.exit(f"no MLflow server answers at {address}: {error}")
    return True


def write_variables(folder: Path, address: str, name: str, password: str) -> Path:
    """Write the variables of a member to a file that only this user reads; return it.

    Args:
        folder: where to write it.
        address: of the server, as members type it.
        name: of the member.
        password: the member's.
    """
    variables = {
        "MLFLOW_TRACKING_URI": address,
        "MLFLOW_TRACKING_USERNAME": name,
        "MLFLOW_TRACKING_PASSWORD": password,
    }
    file = folder / f"{name}.env"
    file.touch(0o600)
    file.chmod(0o600)  # a file that was there, too
    file.write_text("".join(f"export {key}={value}\n" for key, value in variables.items()), encoding="utf-8")
    return file


if __name__ == "__main__":
    main()

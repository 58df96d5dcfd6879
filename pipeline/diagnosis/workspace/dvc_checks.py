"""DVC: its remote, its cache, its lock file, its locks."""

import configparser
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.base.errors import PipelineError
from pipeline.base.files import read_json
from pipeline.base.locks.dvc_locks import DVC_LOCK, RWLOCK
from pipeline.base.locks.process_lock import is_held, try_lock
from pipeline.base.printable import public_address
from pipeline.diagnosis.finding import Finding, fine, problem
from pipeline.diagnosis.patient import Patient
from pipeline.diagnosis.workspace.dvc_settings import cache_folder, dvc_settings

LIBRARIES = {"s3": ("dvc_s3", "s3"), "gs": ("dvc_gs", "gs")}  # of a remote, by scheme: module, extra of this project
PATIENCE = 3.0  # seconds for a server to answer


def check_remote(patient: Patient) -> Iterator[Finding]:
    """Check that the default remote can be reached."""
    try:
        settings = dvc_settings(patient.root)
    except configparser.Error as error:
        yield problem("DVC remote", f".dvc/config cannot be read ({str(error).partition(chr(10))[0]})")
        return
    name = settings.get("core.remote")
    if name is None:
        yield fine("DVC remote", "none: results are on this machine only")
        return
    address = settings.get(f"remote.{name}.url")
    if address is None:
        yield problem("DVC remote", f"{name} has no address", f"dvc remote add -d {name} ADDRESS")
    elif "://" not in address:
        folder = Path(os.path.normpath(patient.root / ".dvc" / Path(address).expanduser()))
        if folder.is_dir():
            yield fine("DVC remote", f"{name}, {folder}")
        else:
            yield problem("DVC remote", f"{name}: there is no folder {folder}", f"dvc remote modify {name} url FOLDER")
    else:
        yield _check_server(name, address, settings.get(f"remote.{name}.endpointurl"))


def check_cache(patient: Patient) -> Iterator[Finding]:
    """Check that the cache can be written."""
    folder = cache_folder(patient.root)
    place = next(one for one in (folder, *folder.parents) if one.exists())
    if os.access(place, os.W_OK):
        yield fine("DVC cache", f"{folder}")
    else:
        yield problem("DVC cache", f"{folder} cannot be written", f"chmod -R u+w {folder}")


def check_locks(patient: Patient) -> Iterator[Finding]:
    """Look for locks of DVC that no process holds, and for a file of locks that DVC cannot read."""
    file = patient.root / RWLOCK
    if is_held(patient.root / DVC_LOCK):
        yield fine("DVC locks", "a DVC command is running")
        return
    if _is_readable(file):
        yield fine("DVC locks", "none is left")
        return

    def mend() -> str:
        with ExitStack() as held:  # DVC changes the file under the second one
            for lock in (patient.root / name for name in (DVC_LOCK, f"{RWLOCK}.lock")):
                if (open_file := try_lock(lock)) is None:
                    raise PipelineError("a DVC command is running now")
                held.enter_context(open_file)
            if _is_readable(file):
                return f"{RWLOCK} is whole by now"
            file.unlink()
        return f"{RWLOCK} removed"

    yield problem("DVC locks", f"{RWLOCK} is damaged: every DVC command stops", f"rm {RWLOCK}", mend)


def _is_readable(file: Path) -> bool:
    try:
        return not file.is_file() or isinstance(read_json(file), dict)
    except (OSError, ValueError, PipelineError):
        return False


def _check_server(name: str, address: str, endpoint: str | None) -> Finding:
    scheme = address.partition("://")[0]
    module, extra = LIBRARIES.get(scheme, ("", ""))
    shown = public_address(address)
    if module and find_spec(module) is None:
        command = f"python -m pip install -e '.[{extra}]'"
        return problem("DVC remote", f"{name}, {shown}: its library is missing", command)
    asked = urlsplit(endpoint or (address if scheme in ("http", "https", "ssh") else ""))
    if not asked.hostname:
        return fine("DVC remote", f"{name}, {shown} (not asked)")
    port = asked.port or {"http": 80, "ssh": 22}.get(asked.scheme, 443)
    try:
        socket.create_connection((asked.hostname, port), PATIENCE).close()
    except OSError as error:
        return problem("DVC remote", f"{name}, {shown}: {asked.hostname}:{port} does not answer ({error})", "dvc push")
    return fine("DVC remote", f"{name}, {shown} answers")

"""DVC: its remote, its cache, its lock file, its locks."""

import configparser
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from pipeline.base.errors import PipelineError
from pipeline.base.files import read_json
from pipeline.base.locks.dvc_locks import DVC_LOCK, RWLOCK
from pipeline.base.locks.process_lock import is_held, try_lock
from pipeline.base.printable import public_address
from pipeline.base.stage_files.dvc_lock import LOCK, dvc_digest
from pipeline.diagnosis.finding import Finding, fine, problem, warning
from pipeline.diagnosis.patient import Patient
from pipeline.diagnosis.workspace.dvc_settings import cache_folder, dvc_settings

LIBRARIES = {"s3": ("dvc_s3", "s3"), "gs": ("dvc_gs", "gs")}  # of a remote, by scheme: module, extra of this project
PATIENCE = 3.0  # seconds for a server to answer
DIGESTED = 5e7  # bytes of a file whose digest is computed here
SHOWN = 3


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


def check_outputs(patient: Patient) -> Iterator[Finding]:
    """Compare dvc.lock with the outputs."""
    file = patient.root / LOCK
    if not file.is_file():
        yield fine("outputs", f"there is no {LOCK} yet; dvc repro makes it")
        return
    try:
        stages: dict[str, Any] = (yaml.safe_load(file.read_text(encoding="utf-8")) or {})["stages"]
        outs = [out for stage in stages.values() for out in stage.get("outs", [])]
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, UnicodeDecodeError):
        yield problem("outputs", f"{LOCK} is damaged, or has the marks of a merge", f"git checkout {LOCK}")
        return
    missing = [out["path"] for out in outs if not (patient.root / out["path"]).exists()]
    changed = [out["path"] for out in outs if out["path"] not in missing and _differs(patient.root, out)]
    lost = [out["path"] for out in outs if out["path"] in missing and not _cached(patient.root, out)]
    links = [out["path"] for out in outs if out["path"] not in missing and _leads_away(patient.root, out)]
    if links:
        yield warning("outputs", f"links into another project's cache: {_listed(links)}", "dvc checkout --relink")
    elif lost:
        yield warning("outputs", f"neither here nor in the cache: {_listed(lost)}", "dvc pull || dvc repro")
    elif missing:
        yield warning("outputs", f"recorded, but not here: {_listed(missing)}", "dvc checkout")
    elif changed:
        yield warning("outputs", f"not what {LOCK} says: {_listed(changed)}", "dvc repro")
    else:
        yield fine("outputs", f"they are what {LOCK} says")


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
        return not file.is_file() or isinstance(read_json(file), dict) or not file.read_text(encoding="utf-8")
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


def _differs(root: Path, out: dict[str, Any]) -> bool:
    file = root / out["path"]
    return file.is_file() and "md5" in out and file.stat().st_size < DIGESTED and dvc_digest(file) != out["md5"]


def _leads_away(root: Path, out: dict[str, Any]) -> bool:
    """Return whether an output, or the first file in it, is a link to a file outside of DVC's cache."""
    path = root / out["path"]
    file = next((one for one in path.rglob("*") if not one.is_dir()), path) if path.is_dir() else path
    return file.is_symlink() and not file.resolve().is_relative_to(cache_folder(root).resolve())


def _cached(root: Path, out: dict[str, Any]) -> bool:
    digest = str(out.get("md5", ""))
    return (cache_folder(root) / "files/md5" / digest[:2] / digest[2:]).exists()


def _listed(paths: list[str]) -> str:
    return ", ".join(paths[:SHOWN]) + (f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else "")

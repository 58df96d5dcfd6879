"""The outputs of the stages, beside what dvc.lock has of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from pipeline.base.git.git_command import GitError, git
from pipeline.base.stage_files.dvc_lock import LOCK, dvc_digest
from pipeline.diagnosis.finding import Finding, fine, problem, warning
from pipeline.diagnosis.patient import Patient
from pipeline.diagnosis.workspace.dvc_settings import cache_folder

DIGESTED = 5e7  # bytes of a file whose digest is computed here
SHOWN = 3


def check_outputs(patient: Patient) -> Iterator[Finding]:
    """Compare dvc.lock with the outputs."""
    file = patient.root / LOCK
    if not file.is_file():
        yield fine("outputs", f"there is no {LOCK} yet; dvc repro makes it")
        return
    if not file.stat().st_size:
        yield _emptied(patient.root)
        return
    try:
        stages: dict[str, Any] = (yaml.safe_load(file.read_text(encoding="utf-8")) or {})["stages"]
        outs = [out for stage in stages.values() for out in stage.get("outs", [])]
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, UnicodeDecodeError):
        yield problem("outputs", f"{LOCK} is damaged, or has the marks of a merge", f"git checkout HEAD -- {LOCK}")
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


def _emptied(root: Path) -> Finding:
    """Return what to do about an empty dvc.lock: DVC was killed in the instant in which it wrote the file."""
    in_git = _is_committed(root)
    command = f"git checkout HEAD -- {LOCK}" if in_git else f"rm {LOCK}"

    def mend() -> str:
        if (root / LOCK).stat().st_size:
            return f"{LOCK} is whole by now"
        if in_git:
            git(root, "checkout", "HEAD", "--", LOCK)
            return f"{LOCK} is that of the last commit again; dvc repro takes newer results from its cache"
        (root / LOCK).unlink()
        return f"{LOCK} removed; dvc repro takes the results from its cache"

    return problem("outputs", f"{LOCK} is empty: DVC was killed while it wrote the file", command, mend)


def _is_committed(root: Path) -> bool:
    try:
        return int(git(root, "cat-file", "-s", f"HEAD:./{LOCK}")) > 0
    except GitError:
        return False


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

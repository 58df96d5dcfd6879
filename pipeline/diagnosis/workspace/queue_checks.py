"""Experiments in DVC's queue: each names the project's folder, and runs there."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

from pipeline.diagnosis.finding import Finding, fine, warning
from pipeline.diagnosis.patient import Patient

QUEUE = ".dvc/tmp/exps/celery/broker/in"
ABOUT = "DVC queue"


def check_queue(patient: Patient) -> Iterator[Finding]:
    """Look for queued experiments that were queued before the project was moved or copied."""
    folders = [folder for file in sorted((patient.root / QUEUE).glob("*.msg")) if (folder := _folder(file))]
    others = sorted({str(folder) for folder in folders if folder.resolve() != patient.root})
    if others:
        text = f"experiments were queued in {others[0]}, before this folder was moved or copied, and would run there"
        yield warning(ABOUT, f"{text}: queue them again", "dvc queue remove --queued")
    elif folders:
        yield fine(ABOUT, f"{len(folders)} waiting")


def _folder(file: Path) -> Path | None:
    """Return the project's folder that a message names; None if it is about something else."""
    try:
        body = json.loads(base64.b64decode(json.loads(file.read_bytes())["body"]))
        return Path(body[0][0]["dvc_root"])
    except (OSError, ValueError, LookupError, TypeError):
        return None

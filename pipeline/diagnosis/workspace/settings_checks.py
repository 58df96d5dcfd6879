"""The settings, and the images that they name."""

from collections.abc import Iterator

from pipeline.base.paths import PREPARED
from pipeline.base.stage_files.dvc_lock import recorded_params
from pipeline.config.fresh_params import check_fresh
from pipeline.config.params_file import read_params
from pipeline.diagnosis.finding import Finding, fine, problem, warning
from pipeline.diagnosis.patient import Patient


def check_settings(patient: Patient) -> Iterator[Finding]:
    """Compare params.yaml with conf/."""
    read_params(patient.root)  # what it refuses is a problem, in its words
    check_fresh(patient.root)
    yield fine("settings", "params.yaml matches conf/")


def check_data(patient: Patient) -> Iterator[Finding]:
    """Check that the images are where the settings say."""
    if patient.config is None or not patient.config.data.path:
        return
    path = patient.config.data.path
    if "://" in path:
        yield fine("data", f"{path.partition('?')[0].rpartition('@')[2]} (a server; not asked)")
    elif (patient.home / path).exists():
        yield fine("data", f"{path} is there")
    elif recorded_params(patient.root, "prepare") and (patient.root / PREPARED).is_dir():
        text = f"data.path={path} is not there, but the prepared images are: training works, preparing does not"
        yield warning("data", text, "dvc repro --allow-missing")
    else:
        yield problem(
            "data", f"data.path={path} is not there", "python -m pipeline.params data=folder data.path=PHOTOS"
        )

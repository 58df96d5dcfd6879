"""The settings, and the images that they name."""

from collections.abc import Iterator

from pipeline.base.errors import PipelineError
from pipeline.base.paths import PREPARED
from pipeline.base.printable import public_address
from pipeline.base.stage_files.dvc_lock import recorded_params
from pipeline.config.fresh_params import check_fresh
from pipeline.config.params_file import COMMAND, read_params, recorded_overrides
from pipeline.diagnosis.finding import Finding, fine, problem, warning
from pipeline.diagnosis.patient import Patient


def check_settings(patient: Patient) -> Iterator[Finding]:
    """Compare params.yaml with conf/."""
    try:
        read_params(patient.root)
        check_fresh(patient.root)
    except PipelineError as error:
        known = patient.config is not None
        yield problem(
            "settings", str(error), " ".join([COMMAND, *recorded_overrides(patient.root)]) if known else COMMAND
        )
    else:
        yield fine("settings", "params.yaml matches conf/")


def check_data(patient: Patient) -> Iterator[Finding]:
    """Check that the images are where the settings say."""
    if patient.config is None or not patient.config.data.path:
        return
    path = patient.config.data.path
    if "://" in path:
        yield fine("data", f"{public_address(path)} (a server; not asked)")
    elif (patient.home / path).exists():
        yield fine("data", f"{path} is there")
    elif recorded_params(patient.root, "prepare") and (patient.root / PREPARED).is_dir():
        text = f"data.path={path} is not there, but the prepared images are: training works, preparing does not"
        yield warning("data", text, "dvc repro --allow-missing")
    else:
        yield problem(
            "data", f"data.path={path} is not there", "python -m pipeline.params data=folder data.path=PHOTOS"
        )

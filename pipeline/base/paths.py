"""Where the project is, and every path in it that more than one room names (relative to the project's root)."""

import os
from pathlib import Path

from pipeline.base.errors import PipelineError

CONF = "conf"
PARAMS = "params.yaml"
OUTPUTS = "outputs"

PARAMS_CHECKED = "outputs/params.checked"

PREPARED = "outputs/prepare/images"
PREPARE_SUMMARY = "outputs/prepare/summary.json"
SAMPLES = "outputs/prepare/samples.png"
MANIFEST = "outputs/prepare/manifest.parquet"
AUDIT_REPORT = "outputs/prepare/report.html"
FINDINGS = "outputs/prepare/findings.csv"

TRAIN_OUTPUTS = "outputs/train"
MODEL = "outputs/train/model.keras"
OPENVINO = "outputs/train/openvino"
GOLDEN = "outputs/train/golden.json"
REFERENCE = "outputs/train/reference.npz"
RUN = "outputs/train/run.json"
HISTORY = "outputs/train/history.csv"
TRAIN_METRICS = "outputs/train/metrics.json"
CURVES = "outputs/train/curves.png"

EVALUATE_OUTPUTS = "outputs/evaluate"
TEST_METRICS = "outputs/evaluate/metrics.json"
CONFUSION = "outputs/evaluate/confusion.png"
HARDEST = "outputs/evaluate/hardest.png"
GOLDEN_CHECK = "outputs/evaluate/golden_check.json"
PREDICTIONS = "outputs/evaluate/predictions.parquet"
EVALUATION_PAGE = "outputs/evaluate/report.html"

DECISION = "outputs/register/decision.json"
MODEL_PAGE = "outputs/register/report.html"

SEARCH_REPORT = "outputs/search"
SEARCHES = ".search"
CROSSVAL_REPORT = "outputs/crossval"
CHECKPOINTS = ".checkpoints"
OLD_CHECKPOINTS = ".progress"  # of versions whose checkpoints this one cannot read
IMAGE_STORE = ".prepared"
MAIN_ROOT = "PIPELINE_MAIN_ROOT"  # set where a copy of the project runs: the folder of the project


def project_root(start: Path | None = None) -> Path:
    """Return the nearest folder at or above `start` that holds `dvc.yaml` and `conf/`.

    Args:
        start: where to look from; the working directory when omitted.

    Raises:
        PipelineError: no such folder.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "dvc.yaml").is_file() and (folder / CONF).is_dir():
            return folder
    raise PipelineError(
        f"{here} is not inside a pipeline project (no dvc.yaml beside conf/): cd into your clone first."
    )


def main_root(root: Path) -> Path:
    """Return the folder that keeps what outlives one experiment: the MLflow store, checkpoints, searches.

    It is `root`, except inside the temporary copies in which DVC runs queued experiments: there DVC
    sets `DVC_ROOT` to the project they were queued from. A cross-validation sets `PIPELINE_MAIN_ROOT` in its copies.
    """
    copied_from = os.environ.get(MAIN_ROOT)
    if copied_from and Path(copied_from).is_dir():
        return Path(copied_from).resolve()
    dvc_root = os.environ.get("DVC_ROOT")
    if dvc_root and ".dvc" in root.parts and Path(dvc_root).is_dir():
        return Path(dvc_root).resolve()
    return root

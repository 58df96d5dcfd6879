"""The digest of the trained model: computed from its file, and held against what training recorded."""

from pathlib import Path

from pipeline.base.digests import SHORT, file_digest
from pipeline.base.errors import PipelineError
from pipeline.base.paths import MODEL, RUN
from pipeline.base.stage_files.stage_output import read_stage_output


def trained_digest(root: Path) -> str:
    """Return the SHA-256 of the model's file.

    A version is known by it; so the file says what it is, and not a text beside it.

    Args:
        root: the project's folder.

    Raises:
        PipelineError: the file is missing, or is another one than run.json says.
    """
    recorded = str(read_stage_output(root / RUN, "train").get("model_digest"))
    if not (root / MODEL).is_file():
        raise PipelineError(f"{MODEL} is missing; bring it back with dvc checkout, or make it with: dvc repro train")
    computed = file_digest(root / MODEL)
    if computed != recorded:
        raise PipelineError(
            f"{MODEL} is not the model of {RUN} (SHA-256 {computed[:SHORT]}…, recorded {recorded[:SHORT]}…): "
            "one of the two was changed; bring both back with dvc checkout"
        )
    return computed

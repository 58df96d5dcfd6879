"""A digest of everything that determines the result of a training: the name of its checkpoint."""

import hashlib
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from pipeline.base.digests import json_digest
from pipeline.config.schema.pipeline_schema import Config
from pipeline.training.precision import choose_precision, gpu_capability

ROOMS = ("data", "model", "topology", "training")  # the code that turns prepared data into weights
LIBRARIES = ("keras", "tensorflow", "numpy", "pillow")


def training_key(config: Config, data_digest: str, others: Sequence[str] = ()) -> str:
    """Return a digest of settings, data, code, libraries, hardware class and other networks.

    Args:
        config: of which `model` and `recipe` count.
        data_digest: of the training images.
        others: digests of networks to start from or to average with.
    """
    facts = {
        "model": config.model.model_dump(),
        "recipe": config.recipe.model_dump(),
        "data": data_digest,
        "code": source_digest(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "machine": platform.machine(),
        "gpu": gpu_capability(),
        "precision": choose_precision(config.recipe.precision)[0],
        "others": list(others),
    }
    return json_digest(facts)


def source_digest(rooms: Sequence[str] = ROOMS, package: Path = Path(__file__).parents[1]) -> str:
    """Return a digest of the source files of `rooms`, in hex.

    Args:
        rooms: folders of the package; those that a training uses if omitted.
        package: the folder of the package.
    """
    digest = hashlib.sha256()
    for file in sorted(file for room in rooms for file in (package / room).rglob("*.py")):
        digest.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()

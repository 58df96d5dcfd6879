"""What determines the result of a training, as one digest."""

import hashlib
import json
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from pipeline.config.schema import Config
from pipeline.training.precision import choose, gpu_capability

ROOMS = ("data", "model", "training")  # the code that turns prepared data into weights
LIBRARIES = ("keras", "tensorflow", "numpy", "pillow")


def training_key(config: Config, data_digest: str, others: Sequence[str] = ()) -> str:
    """Return a hex digest of settings, data, code, libraries, hardware class and (by digests) of other networks."""
    facts = {
        "model": config.model.model_dump(),
        "recipe": config.recipe.model_dump(),
        "data": data_digest,
        "code": source_digest(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "machine": platform.machine(),
        "gpu": gpu_capability(),
        "precision": choose(config.recipe.precision)[0],
        "others": list(others),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def source_digest(rooms: Sequence[str] = ROOMS, package: Path = Path(__file__).parents[1]) -> str:
    """Return a digest of the source files of `rooms`: those that training runs through, if no others are named."""
    digest = hashlib.sha256()
    for file in sorted(file for room in rooms for file in (package / room).rglob("*.py")):
        digest.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()

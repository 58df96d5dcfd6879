"""A digest of everything that determines the result of a training: the name of its checkpoint."""

import platform
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

from pipeline.base.digests import json_digest
from pipeline.base.syntax_digest import syntax_digest
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
        "code": running_code_digest(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "machine": platform.machine(),
        "gpu": gpu_capability(),
        "precision": choose_precision(config.recipe.precision)[0],
        "others": list(others),
    }
    return json_digest(facts)


@cache
def running_code_digest(rooms: Sequence[str] = ROOMS) -> str:
    """Return the `source_digest` of the running package, computed once: a long search asks often.

    Args:
        rooms: a tuple of folders or files of the package.
    """
    return source_digest(rooms)


def source_digest(rooms: Sequence[str] = ROOMS, package: Path = Path(__file__).parents[1]) -> str:
    """Return a digest of the code in `rooms`, in hex; comments, docstrings and formatting do not count.

    Args:
        rooms: folders or files of the package; those that a training uses if omitted.
        package: the folder of the package.
    """
    places = [package / room for room in rooms]
    files = sorted(file for place in places for file in ([place] if place.is_file() else place.rglob("*.py")))
    return syntax_digest((file.relative_to(package).as_posix(), file) for file in files)

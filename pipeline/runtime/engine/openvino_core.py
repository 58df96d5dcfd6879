"""One OpenVINO core for each process, which nothing destroys before the process ends."""

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import openvino

_CREATING = threading.Lock()
_CORES: list["openvino.Core"] = []


def openvino_core() -> "openvino.Core":
    """Return the core of this process.

    Each core that has compiled a model sets an alternate signal stack for its thread, and gives back the one before
    when it is destroyed (seen with OpenVINO 2026.4). If of two cores the first is destroyed first, the second gives
    back memory that is freed by then, and the next signal that Python handles, such as Ctrl-C, kills the process by
    SIGSEGV.
    """
    import openvino

    with _CREATING:
        if not _CORES:
            core = openvino.Core()
            core.set_property({"ENABLE_MMAP": False})  # a model's file may be replaced while a server runs
            _CORES.append(core)
        return _CORES[0]

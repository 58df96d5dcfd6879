"""Which part this process has in a search with several workers, by Keras Tuner's environment variables."""

import os
import threading
import time
from collections.abc import Mapping

from pipeline.base.errors import PipelineError

ADDRESS, PORT, NAME = "KERASTUNER_ORACLE_IP", "KERASTUNER_ORACLE_PORT", "KERASTUNER_TUNER_ID"
CHIEF_PROCESS = "PIPELINE_TUNE_CHIEF"  # id of the process that a local worker must not outlive


def worker_role(environment: Mapping[str, str] = os.environ) -> str:
    """Return `alone`, `chief` or `worker`.

    Raises:
        PipelineError: one of the variables is set and another is not.
    """
    present = [name for name in (ADDRESS, PORT, NAME) if environment.get(name)]
    if not present:
        return "alone"
    if len(present) < 3:
        missing = ", ".join(name for name in (ADDRESS, PORT, NAME) if name not in present)
        raise PipelineError(f"{', '.join(present)} set but not {missing}: Keras Tuner's workers need all three")
    return "chief" if "chief" in environment[NAME] else "worker"


def exit_with_chief() -> None:
    """End this process, whatever it is doing, when the chief that started it is gone; no effect if no chief did."""
    chief = os.environ.get(CHIEF_PROCESS)

    def watch() -> None:
        while str(os.getppid()) == chief:
            time.sleep(1)
        os._exit(1)

    if chief:
        threading.Thread(target=watch, daemon=True).start()

"""Programs for a PATH: `python` and `dvc` whose libraries are imported already, which takes half of a short command."""

import atexit
import functools
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
PROGRAM = """#!{python} -IS
import sys
sys.path.append({folder!r})
from warm_client import main
main({name!r}, {real!r}, {address!r})
"""


@functools.cache
def warm_programs() -> Path:
    """Return a folder with `python` and `dvc`, which run the project's commands in forks of a process of ours.

    The commands are the same: own processes with the code of the folder in which they run. Programs that are started
    by an absolute path, as by DVC's queue and by searches, and those of tests that kill, import what they need.
    """
    programs = Path(sys.executable).parent
    if not hasattr(os, "pidfd_open"):  # macOS
        return programs
    folder = Path(tempfile.mkdtemp(prefix="warm"))  # a socket's path must be short: not pytest's
    for name in ("python", "dvc"):
        options = {"python": sys.executable, "folder": str(HERE), "name": name}
        program = folder / name
        program.write_text(PROGRAM.format(**options, real=str(programs / name), address=str(folder / "socket")))
        program.chmod(0o755)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.end_to_end.warm", str(folder / "socket")],
            cwd=ROOT,
            stdin=subprocess.PIPE,  # the other process ends when it is closed, also if this one is killed
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    atexit.register(process.communicate)
    while not (folder / "socket").exists():
        assert process.poll() is None, (folder / "log").read_text()
        time.sleep(0.1)
    return folder

"""What a training ran on, as tags of its run: what must be equal for another training to give the same bits."""

import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

from pipeline.runtime.engine.cores import cpu_flags

PREFIX = "environment."
LIBRARIES = ("keras", "tensorflow", "numpy", "pillow")
# Features of a processor by which TensorFlow's libraries choose their arithmetic, in the names of /proc/cpuinfo.
ARITHMETIC = ("avx", "avx2", "fma", "avx512f", "avx512_vnni", "avx_vnni", "avx512_bf16", "avx512_fp16", "amx_bf16")
ARITHMETIC_OF_ARM = ("asimd", "asimdhp", "bf16", "sve", "sve2")


def environment_tags(precision: str, gpu: tuple[int, int] | None) -> dict[str, str]:
    """Return the tags of a training that runs in this process.

    Args:
        precision: Keras's dtype policy.
        gpu: its compute capability; None: it trains on the CPU.
    """
    return host_tags() | {
        f"{PREFIX}precision": precision,
        f"{PREFIX}gpu": "none" if gpu is None else f"compute capability {gpu[0]}.{gpu[1]}",
    }


def host_tags() -> dict[str, str]:
    """Return the tags that need no TensorFlow: Python, libraries, processor."""
    flags = cpu_flags()
    known = [flag for flag in (*ARITHMETIC, *ARITHMETIC_OF_ARM) if flag in flags]
    return {
        f"{PREFIX}python": platform.python_version(),
        **{f"{PREFIX}{name}": _version(name) for name in LIBRARIES},
        f"{PREFIX}cpu": " ".join([platform.machine(), *known]),
    }


def environment_changes(recorded: Mapping[str, str], present: Mapping[str, str]) -> list[str]:
    """Return what differs between two environments, such as `keras 3.15.1 then, 3.16.0 now`; unknown ones do not.

    Args:
        recorded: tags of a run, these and others.
        present: tags that the functions here return.
    """
    return [
        f"{name.removeprefix(PREFIX)} {recorded[name]} then, {now} now"
        for name, now in present.items()
        if name in recorded and recorded[name] != now
    ]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"

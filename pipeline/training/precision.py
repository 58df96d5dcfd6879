"""The precision that is fast on this machine."""

from pipeline.runtime.engine.cores import cpu_flags

CPU_BFLOAT16 = {"avx512_bf16", "amx_bf16", "bf16"}  # x86's and Arm's names in /proc/cpuinfo
AMPERE = (8, 0)  # the first NVIDIA compute capability with bfloat16 tensor cores


def choose_precision(precision: str) -> tuple[str, str]:
    """Return the Keras dtype policy for `recipe.precision`, and why.

    `auto` is mixed_bfloat16 if the GPU or CPU that trains has bfloat16 instructions, else float32: without them
    bfloat16 is slower than float32, and float16 on a CPU several times slower.
    """
    if precision != "auto":
        return precision, "as configured"
    capability = gpu_capability()
    if capability is not None:
        fast, where = capability >= AMPERE, "the GPU"
    else:
        fast, where = bool(CPU_BFLOAT16 & cpu_flags()), "this CPU"
    return ("mixed_bfloat16", f"{where} has bfloat16") if fast else ("float32", f"{where} has no bfloat16")


def gpu_capability() -> tuple[int, int] | None:
    """Return the GPU's compute capability, (0, 0) if its maker has no such figure; None if there is no GPU."""
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        return None
    capability: tuple[int, int] = tf.config.experimental.get_device_details(gpus[0]).get("compute_capability", (0, 0))
    return capability

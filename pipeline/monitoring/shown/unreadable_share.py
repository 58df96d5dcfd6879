"""Whether so large a share of the new files is unreadable that this alone is an alarm."""

from pipeline.monitoring.comparison import LEAST_IMAGES

UNREADABLE = "unreadable"  # what --ignore calls it
LIMIT = 0.1  # share of the files: more than a tenth points to a camera, a disk or a transfer that fails


def unreadable_alarm(readable: int, unreadable: int) -> str:
    """Return a sentence if more than LIMIT of at least LEAST_IMAGES files are unreadable, else an empty string.

    Args:
        readable: number of files that were measured.
        unreadable: number of the others.
    """
    files = readable + unreadable
    if files < LEAST_IMAGES or unreadable <= LIMIT * files:
        return ""
    return f"Alarm: {unreadable:,} of {files:,} files cannot be read; check how they were written or transferred."

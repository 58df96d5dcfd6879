"""What differs between the classes of two models, in words."""

from collections.abc import Sequence

from pipeline.base.printable import printable

NAMED = 3  # classes in a message


def class_changes(old: Sequence[str], new: Sequence[str]) -> str:
    """Return how the classes differ, such as `classes differ: 10 → 11, new 'tea'`; '' if they do not.

    Args:
        old: class names of a model in index order.
        new: those of another one.
    """
    if list(old) == list(new):
        return ""
    added, gone = [name for name in new if name not in set(old)], [name for name in old if name not in set(new)]
    if not added and not gone:
        return f"classes are in another order: {_listed(old)} → {_listed(new)}"
    parts = [f"{word} {_listed(names)}" for word, names in (("new", added), ("gone", gone)) if names]
    return f"classes differ: {len(old):,} → {len(new):,}, {', '.join(parts)}"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(repr(printable(name)) for name in names[:NAMED])
    return shown + (f" and {len(names) - NAMED:,} more" if len(names) > NAMED else "")

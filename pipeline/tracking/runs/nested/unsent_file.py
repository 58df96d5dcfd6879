"""What waits to be sent to a store, kept in a file: a line of JSON for each entry, so that adding one is cheap."""

import json
from collections.abc import Sequence
from pathlib import Path

from pipeline.base.files import write_text
from pipeline.tracking.runs.nested.search_log import Entry

SPARE = 100  # entries that were sent may stay in the file beside as many that wait, and this many more


class UnsentFile:
    """The file of one process. An entry that was sent may stay in it for a while: sending it again changes nothing.

    Args:
        path: of the file, which is there only while something waits.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._last: Entry | None = None  # the last one in the file; None: the file does not have what waits
        self._lines = 0

    def keep(self, entries: Sequence[Entry]) -> None:
        """Keep what waits, in its order.

        Raises:
            OSError: the disk is full, or cannot be written; the next call writes everything again.
        """
        last, self._last = self._last, None
        if not entries:
            self.path.unlink(missing_ok=True)
            return
        new = 0 if last is None else _place(last, entries)
        if new is None or last is None or self._lines + len(entries) - new > 2 * len(entries) + SPARE:
            write_text(self.path, _text(entries))
            self._lines = len(entries)
        elif new < len(entries):
            with self.path.open("a", encoding="utf-8") as file:
                file.write(_text(entries[new:]))
            self._lines += len(entries) - new
        self._last = entries[-1]


def read_unsent(path: Path) -> list[Entry]:
    """Return the entries in a file; a line says how many are damaged, such as one that was being written at a kill."""
    entries, damaged = [], 0
    for line in path.read_bytes().splitlines():
        try:
            entries.append(Entry(**json.loads(line)))
        except (ValueError, TypeError):
            damaged += 1
    if damaged:
        print(f"{path}: {damaged} of {len(entries) + damaged} entries for MLflow are damaged and left out", flush=True)
    return entries


def _place(last: Entry, entries: Sequence[Entry]) -> int | None:
    """Return the position after `last`; None if it is not among the entries."""
    return next((place for place in range(len(entries), 0, -1) if entries[place - 1] is last), None)


def _text(entries: Sequence[Entry]) -> str:
    return "".join(json.dumps(entry.record()) + "\n" for entry in entries)

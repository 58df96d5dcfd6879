"""Memory that images may take while they are decoded, whoever decodes them."""

import threading


class MemoryBudget:
    """A number of bytes, taken and given back; who asks first is served first.

    Args:
        size: in bytes.

    Attributes:
        waiting: whether somebody waits.
    """

    def __init__(self, size: int) -> None:
        self.size, self._free, self.waiting = size, size, False
        self._turn, self._changed = threading.Lock(), threading.Condition()

    def take(self, need: int) -> int:
        """Wait until there are `need` bytes; return how many were taken: all, where it needs more than all."""
        taken = min(need, self.size)
        with self._turn, self._changed:  # no small one overtakes a large one
            self.waiting = self._free < taken
            self._changed.wait_for(lambda: self._free >= taken)
            self.waiting = False
            self._free -= taken
        return taken

    def give_back(self, taken: int) -> None:
        """Give back what was taken."""
        with self._changed:
            self._free += taken
            self._changed.notify_all()

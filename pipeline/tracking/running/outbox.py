"""What is sent to a store in order, by a thread, so that work continues while the store does not answer."""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

from pipeline.base.addresses.credentials import masked
from pipeline.tracking.server.first_answer import twice_if_soon
from pipeline.tracking.server.mlflow_internals import brief_requests
from pipeline.tracking.server.store_failures import failure_types, is_final, is_outage, is_server, reason_of

REQUEST_SECONDS = 8  # for an item, sent while other work continues
WAIT = 2.0  # seconds that a sender waits for a store which has not failed yet: usually it takes milliseconds
RETRY = 10.0  # seconds between two attempts at a store that failed
Item = TypeVar("Item")


class Outbox(Generic[Item]):
    """Delivers items in the order in which they were put in; what a store does not take waits, and is sent later.

    An item may be delivered twice, if the answer to the first time was lost: delivering must allow that. An item that
    the store refuses for good is left out, with a line, and does not hold up those behind it.

    Args:
        uri: of the store, for messages.
        deliver: sends an item, in a thread.
        work: what continues meanwhile, for messages, such as `training`.
        returned: called in the thread when the store answers again.
        keep: called with what waits, whenever that changes: who writes it down can send it after a kill.
        waiting: items to begin with.

    Attributes:
        refused: how many items the store refused for good.
        reason: why it refused the last one.
    """

    def __init__(
        self,
        uri: str,
        deliver: Callable[[Item], None],
        work: str,
        returned: Callable[[], None] = lambda: None,
        keep: Callable[[Sequence[Item]], None] = lambda items: None,
        waiting: Sequence[Item] = (),
    ) -> None:
        self.uri, self.deliver, self.work, self.returned, self.keep = masked(uri), deliver, work, returned, keep
        self.refused, self.reason = 0, ""
        self._items: deque[Item] = deque(waiting)
        self._changed = threading.Condition()
        self._lost = self._closed = self._asked_again = False
        self._failures = 0
        self._printed: set[str] = set()
        self._keep()
        self._thread = threading.Thread(target=self._send, name="outbox", daemon=True)
        self._thread.start()

    def put(self, item: Item) -> None:
        """Send an item, soon; return when it is sent, or when that takes longer than a moment."""
        with self._changed:
            self._items.append(item)
            self._keep()
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._lost or not self._items, WAIT)

    def flush(self, seconds: float) -> bool:
        """Wait until everything is sent; return whether it is.

        Args:
            seconds: to wait at most; a store that failed is asked once more.
        """
        with self._changed:
            before, self._asked_again = self._failures, True
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._items or self._failures > before, seconds)
            return not self._items

    def close(self) -> list[Item]:
        """End the thread; return what was not sent."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join(WAIT)
        return list(self._items)

    def _send(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._items or self._closed)
                if self._closed:
                    return
                item = self._items[0]
            try:
                self._deliver(item)
            except Exception as error:  # whatever it is: a thread that ends would send nothing more, and say nothing
                if is_final(error):
                    self._leave_out(item, error)
                else:
                    self._fail(error)
            else:
                self._succeed()

    def _deliver(self, item: Item) -> None:
        with brief_requests(REQUEST_SECONDS):
            if self._lost:
                self.deliver(item)
            else:
                twice_if_soon(lambda: self.deliver(item))

    def _fail(self, error: Exception) -> None:
        with self._changed:
            self._failures += 1
            if not self._lost:
                self._lost = True
                self._print(f"{_what_fails(error)}; {self.work} continues, its metrics will be sent later")
            self._changed.notify_all()
            self._asked_again = False
            self._changed.wait_for(lambda: self._closed or self._asked_again, RETRY)

    def _leave_out(self, item: Item, error: Exception) -> None:
        with self._changed:
            self.refused, self.reason = self.refused + 1, reason_of(error)
        self._print_once(f"refused {_name(item)} for good ({self.reason}); it is left out, the rest is sent")
        self._succeed()

    def _succeed(self) -> None:
        back = False
        with self._changed:
            self._items.popleft()
            self._keep()
            if self._lost and not self._items:
                self._lost, back = False, True
            self._changed.notify_all()
        if back:
            self._print("answers again; what it missed has been sent")
            with suppress(*failure_types(), OSError):
                self.returned()

    def _keep(self) -> None:
        try:
            self.keep(list(self._items))
        except OSError as error:  # such as a full disk, which ends neither the work nor the thread
            self._print_once(f"has {self.work}'s metrics to come, and they cannot be kept ({reason_of(error)})")

    def _print_once(self, line: str) -> None:
        if line not in self._printed:
            self._printed.add(line)
            self._print(line)

    def _print(self, line: str) -> None:
        name = "server" if is_server(self.uri) else "store"
        print(f"{time.strftime('%H:%M:%S')} the MLflow {name} {self.uri} {line}", flush=True)


def _what_fails(error: Exception) -> str:
    if not isinstance(error, failure_types()):
        return f"fails ({reason_of(error)})"
    return "does not answer" if is_outage(error) else f"refuses what is logged ({reason_of(error)})"


def _name(item: object) -> str:
    return str(getattr(item, "what", "some metrics"))

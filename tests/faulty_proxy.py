"""A proxy on loopback before a real HTTP server, which fails in the ways in which servers and networks do."""

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOST = "127.0.0.1"
CHUNK = 65_536  # bytes
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class FaultyProxy:
    """A proxy whose fault can be changed at any time.

    Args:
        target: port of the server behind it.

    Attributes:
        fault: `none`; `hang`: requests are read and never answered; `half-dead`: all but /health hang; `500`; `401`;
            `drop`: the connection is closed without an answer; `lost`: the server does what is asked, and its answer is
            dropped. Use `refusing` for a server that is not there.
        path: what the paths of the requests must contain for the fault to happen.
        times: how many more requests the fault happens to; None: all.
        every: the fault happens to each third request, say, of those to which it would.
        delay: seconds before each answer.
        rate: bytes per second in which the bodies of requests are read; None: as fast as they come.
        requests: `METHOD PATH` of all requests so far.
        authorizations: what requests were signed with, of those that were.
    """

    def __init__(self, target: int) -> None:
        self.target, self.port = target, 0
        self.fault, self.path, self.delay = "none", "", 0.0
        self.times: int | None = None
        self.every, self._matching = 1, 0
        self.rate: float | None = None
        self.requests: list[str] = []
        self.authorizations: list[str] = []
        self.released = threading.Event()  # what hangs ends when this is set
        self._server: ThreadingHTTPServer | None = None

    @property
    def uri(self) -> str:
        """Address of the proxy."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        """Listen, on the same port as before."""
        self._server = _Server(self)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Refuse connections."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Refuse connections while the block runs."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def faulty(self, fault: str, path: str = "", times: int | None = None) -> Iterator[None]:
        """Have a fault while the block runs."""
        self.fault, self.path, self.times = fault, path, times
        try:
            yield
        finally:
            self.fault = "none"
            self.released.set()
            self.released = threading.Event()

    def fault_of(self, path: str) -> str:
        """Return the fault that happens to a request, and count it."""
        self.requests.append(path)
        spared = self.fault == "half-dead" and path.endswith("/health")
        if self.fault == "none" or spared or self.path not in path or self.times == 0:
            return "none"
        self._matching += 1
        if self._matching % self.every:
            return "none"
        if self.times is not None:
            self.times -= 1
        return "hang" if self.fault == "half-dead" else self.fault


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, proxy: FaultyProxy) -> None:
        self.proxy = proxy
        super().__init__((HOST, proxy.port), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Print nothing about a client that has gone."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name in the standard library)
        """Print nothing."""

    def _answer(self) -> None:
        proxy = self.server.proxy
        proxy.authorizations += self.headers.get_all("Authorization", [])
        fault, released = proxy.fault_of(f"{self.command} {self.path}"), proxy.released
        self.close_connection = True
        if fault == "hang":
            released.wait(600)
        elif fault.isdecimal():
            self._body()
            self._send(int(fault), [("Content-Type", "text/plain")], b"a fault\n")
        elif fault != "drop":
            answer = self._forward(self._body())
            time.sleep(proxy.delay)
            if fault == "none":
                self._send(*answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 (names of http.server)

    def _body(self) -> bytes:
        left, body, rate = int(self.headers.get("Content-Length") or 0), b"", self.server.proxy.rate
        while left:
            read = self.rfile.read1(min(left, CHUNK))  # type: ignore[attr-defined]
            left, body = left - len(read), body + read
            time.sleep(len(read) / rate if rate else 0)
        return body

    def _forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection(HOST, self.server.proxy.target, timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        connection.request(self.command, self.path, body, headers)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return response.status, response.getheaders(), content

    def _send(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def faulty_proxy(target: int) -> Iterator[FaultyProxy]:
    """Run a proxy before the server on port `target` while the block runs."""
    proxy = FaultyProxy(target)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.released.set()
        proxy.stop()

"""Clients that ask a server as fast as it answers: `python -m benchmarks.serving.http_load PORT CLIENTS SECONDS FILE…`.

A process apart from the server and from what measures; each client is a thread with one connection that it keeps.
"""

import base64
import json
import socket
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

HOST = "127.0.0.1"


@dataclass(frozen=True)
class LoadResult:
    """What the clients saw.

    Attributes:
        seconds: from the first request to the last answer.
        latencies: seconds of each request, sorted.
        failures: answers with a status other than 200.
    """

    seconds: float
    latencies: list[float]
    failures: int

    @property
    def rate(self) -> float:
        """Requests per second."""
        return len(self.latencies) / self.seconds

    def percentile(self, percent: float) -> float:
        """Return the latency in seconds that `percent` of the requests do not exceed."""
        return self.latencies[min(int(len(self.latencies) * percent / 100), len(self.latencies) - 1)]


def run_load(port: int, clients: int, seconds: float, files: Sequence[Path]) -> LoadResult:
    """Send one image after another for `seconds`.

    Args:
        port: of the server.
        clients: that ask at once.
        seconds: after which no request is sent.
        files: images; the clients take turns with them.
    """
    requests = [_request(file.read_bytes()) for file in files]
    latencies: list[list[float]] = [[] for _ in range(clients)]
    failures = [0] * clients
    start = time.perf_counter()

    def ask(client: int) -> None:
        with socket.create_connection((HOST, port)) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            number = client
            while (began := time.perf_counter()) < start + seconds:
                connection.sendall(requests[number % len(requests)])
                failures[client] += not _answered(connection)
                latencies[client].append(time.perf_counter() - began)
                number += clients

    threads = [threading.Thread(target=ask, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - start
    return LoadResult(elapsed, sorted(value for each in latencies for value in each), sum(failures))


def _request(image: bytes) -> bytes:
    body = json.dumps({
        "dataframe_split": {"columns": ["image"], "data": [[base64.b64encode(image).decode()]]},
        "params": {"top": 5},
    }).encode()  # fmt: skip
    head = f"POST /invocations HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _answered(connection: socket.socket) -> bool:
    """Read one answer; return whether its status is 200."""
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(65536)
        if not part:
            raise ConnectionError("the server closed the connection")
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:"))
    while len(body) < length:
        body += connection.recv(65536)
    return lines[0].split()[1] == b"200"


if __name__ == "__main__":
    asked_port, asked_clients, asked_seconds, *names = sys.argv[1:]
    found = run_load(int(asked_port), int(asked_clients), float(asked_seconds), [Path(name) for name in names])
    print(json.dumps(asdict(found)))

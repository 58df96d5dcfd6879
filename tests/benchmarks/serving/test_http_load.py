"""The clients of the serving benchmark, against a real server, and what is printed of them."""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from benchmarks.serving.http_load import LoadResult, run_load
from benchmarks.serving.serving_table import ServingRound, memory_note, render_serving
from benchmarks.worker import Measurement


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        ((text,),) = request["dataframe_split"]["data"]
        self.server.images.append(base64.b64decode(text))
        answer = b"x" * 100_000
        self.send_response(400 if self.server.images[-1] == b"bad" else 200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    server.images = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_clients_send_their_images_in_turn_and_count_every_answer(server, tmp_path):
    files = [tmp_path / name for name in "abc"]
    for file in files:
        file.write_text(file.name)
    result = run_load(server.server_address[1], 2, 0.3, files)
    assert result.failures == 0
    assert len(result.latencies) == len(server.images) > 2
    assert set(server.images) == {b"a", b"b", b"c"}
    assert result.latencies == sorted(result.latencies)
    assert result.percentile(50) <= result.percentile(99) <= result.seconds


def test_refusals_are_counted(server, tmp_path):
    (tmp_path / "a").write_text("bad")
    result = run_load(server.server_address[1], 1, 0.05, [tmp_path / "a"])
    assert result.failures == len(result.latencies) > 0


def test_the_table_has_medians_ranges_and_the_ratio():
    rounds = [
        ServingRound(Measurement(100, 1, 1), LoadResult(1, [0.01] * 50, 0), LoadResult(1, [0.1] * rate, 0))
        for rate in (70, 80, 90)
    ]
    text = render_serving(224, 8, rounds, ["a note"])
    assert "| 8 clients | 80.0 (70.0 – 90.0) | 100.0 (100.0 – 100.0) | 100.0 (100.0 – 100.0) |" in text
    assert "- 8 clients / bare engine: 0.80 (0.70 – 0.90), target 0.8" in text
    assert text.endswith("- a note\n\n")


def test_the_note_on_memory_names_every_reading():
    assert memory_note([200.2, 230, 231], 10_000).endswith("10,000 requests, in equal parts: 200, 230, 231 MiB")

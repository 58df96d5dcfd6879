"""The page in a real browser, where this machine has one."""

import json
import shutil
import subprocess
import threading
import time

import pytest

NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
BROWSER = next((path for name in NAMES if (path := shutil.which(name))), None)
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)
PATIENCE = 60  # seconds until a browser that hangs is ended

pytestmark = pytest.mark.skipif(BROWSER is None, reason="there is no Chromium or Chrome here")


class Tab:
    """A browser's tab, driven over its DevTools pipe: JSON messages that end with a NUL byte."""

    def __init__(self, profile):
        pipes = ["sh", "-c", 'exec "$@" 3<&0 4>&1 0</dev/null 1>/dev/null', "sh"]
        self.process = subprocess.Popen(
            [*pipes, BROWSER, *OPTIONS, f"--user-data-dir={profile}", "about:blank"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.watchdog = threading.Timer(PATIENCE, self.process.kill)
        self.watchdog.start()
        self.number, self.session, self.events = 0, {}, []
        (target,) = [one for one in self.call("Target.getTargets")["targetInfos"] if one["type"] == "page"]
        attached = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self.session = {"sessionId": attached["sessionId"]}
        for domain in ("Page", "Runtime", "Network", "DOM"):
            self.call(f"{domain}.enable")

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters, **self.session}
        self.process.stdin.write(json.dumps(message).encode() + b"\0")
        self.process.stdin.flush()
        while (answer := self._read()).get("id") != self.number:
            self.events.append(answer)
        assert "error" not in answer, answer
        return answer["result"]

    def _read(self):
        text = bytearray()
        while (byte := self.process.stdout.read(1)) != b"\0":
            assert byte, "the browser has ended"
            text += byte
        return json.loads(text)

    def value(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def wait_for(self, expression):
        end = time.monotonic() + PATIENCE
        while not self.value(expression):
            assert time.monotonic() < end, expression
            time.sleep(0.05)

    def open(self, address):
        self.call("Page.navigate", url=address)
        self.wait_for(f"location.href === {json.dumps(address)} && document.readyState === 'complete'")

    def choose(self, *files):
        document = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=document, selector="input[type=file]")["nodeId"]
        self.call("DOM.setFileInputFiles", nodeId=node, files=[str(file) for file in files])

    def text(self, selector):
        return self.value(f"document.querySelector({json.dumps(selector)}).innerText")

    def requests(self):
        sent = [event["params"] for event in self.events if event["method"] == "Network.requestWillBeSent"]
        return {one["request"]["url"] for one in sent}

    def problems(self):
        return [event for event in self.events if event["method"] == "Runtime.exceptionThrown"]

    def close(self):
        self.watchdog.cancel()
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def tab(tmp_path):
    tab = Tab(tmp_path / "profile")
    yield tab
    tab.close()


def test_a_picture_is_classified_and_another_class_has_another_map(tab, address, request_to, tmp_path):
    tab.open(f"{address}/?example=1")
    tab.wait_for("document.querySelector('#map').naturalWidth === 240")
    answer = request_to("/classify", request_to("/examples/1")[2])[2]
    names = [one["name"] for one in answer["classes"]]
    assert tab.value("[...document.querySelectorAll('.row .name')].map((name) => name.textContent)") == names
    assert tab.text(".row .percent") == answer["classes"][0]["percent"]
    assert tab.text("#truth").endswith("it is ü <b>")
    shown = "document.querySelector('#map').src"
    assert tab.value(shown) == answer["classes"][0]["map"]["source"]
    tab.value("document.querySelectorAll('.row input')[2].click()")
    assert tab.value(shown) == answer["classes"][2]["map"]["source"]
    assert names[2] in tab.value("document.querySelector('#map').alt")

    (tmp_path / "notes.txt").write_text("not a picture")
    (tmp_path / "<i>photo.png").write_bytes(request_to("/examples/0")[2])
    tab.choose(tmp_path / "notes.txt", tmp_path / "<i>photo.png")
    tab.wait_for("document.querySelectorAll('#photos li').length === 2")
    assert tab.text("#name") == "<i>photo.png"
    assert tab.text("#errors") == "notes.txt: not an image file of the formats JPEG, PNG, WEBP, GIF, BMP, TIFF, AVIF."
    tab.value("document.querySelectorAll('#photos button')[1].click()")
    assert tab.text("#name") == "test image 2"
    assert tab.value(shown) == answer["classes"][2]["map"]["source"]
    assert tab.problems() == []
    outside = [url for url in tab.requests() if not url.startswith((f"{address}/", "data:", "about:"))]
    assert outside == []


def test_it_fits_a_phone(tab, address):
    tab.call("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=1, mobile=True)
    tab.open(f"{address}/?example=2")
    tab.wait_for("document.querySelector('#map').naturalWidth === 240")
    assert tab.value("document.documentElement.scrollWidth") == 390

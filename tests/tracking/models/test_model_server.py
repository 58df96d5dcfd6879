"""`mlflow models serve` and `mlflow models predict`, by a Python that does not have this project."""

import base64
import http.client
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from pipeline.data.golden_batch import tolerance

SITE = sysconfig.get_paths()["purelib"]
PATIENCE = 240  # seconds until a server answers, however busy the machine


@pytest.fixture(scope="module")
def other_python(tmp_path_factory):
    """A folder of programs whose Python has the libraries and not this project."""
    folder = tmp_path_factory.mktemp("other") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    (folder / "lib" / version / "site-packages" / "libraries.pth").write_text(
        f"{SITE}\n"
    )  # .pth files there do not run
    for name, module in (("uvicorn", "uvicorn"), ("mlflow", "mlflow")):
        program = folder / "bin" / name
        program.write_text(f"#!{folder}/bin/python\nimport runpy\nrunpy.run_module({module!r}, run_name='__main__')\n")
        program.chmod(0o755)
    asked = "import importlib.util as util; print([util.find_spec(name) for name in ('pipeline', 'benchmarks')])"
    answer = subprocess.run(
        [str(folder / "bin/python"), "-c", asked], cwd=folder, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[None, None]"
    return folder / "bin"


@pytest.fixture(scope="module")
def registered(store, log_once):
    """The address of a registered model."""
    mlflow.set_tracking_uri(store)
    mlflow.register_model(f"models:/{log_once}", "photos")
    mlflow.MlflowClient().set_registered_model_alias("photos", "candidate", "1")
    return "models:/photos@candidate"


@pytest.fixture(scope="module")
def environment(store, other_python):
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    return kept | {"MLFLOW_TRACKING_URI": store, "PATH": f"{other_python}{os.pathsep}{os.environ['PATH']}"}


@pytest.fixture(scope="module")
def server(registered, environment, tmp_path_factory):
    """The port of a server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("server")
    command = ["mlflow", "models", "serve", "-m", registered, "--env-manager", "local", "-p", str(port)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        until = time.monotonic() + PATIENCE
        while not answers(port):
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < until, (folder / "log").read_text()
            time.sleep(0.1)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


@pytest.fixture(scope="module")
def limit(classifier):
    """The largest difference of a probability in the type in which OpenVINO computes here."""
    return tolerance(classifier.engine.name)


def answers(port):
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/ping")
        return connection.getresponse().status == 200
    except OSError:
        return False


def ask(port, request, kind="application/json"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = request if isinstance(request, bytes) else json.dumps(request)
    connection.request("POST", "/invocations", body, {"Content-Type": kind})
    response = connection.getresponse()
    return response.status, json.loads(response.read())


def probabilities(predictions, classes):
    return np.array([[row["probabilities"][name] for name in classes] for row in predictions])


FORMS = {
    "dataframe_split": lambda texts: {"dataframe_split": {"columns": ["image"], "data": [[text] for text in texts]}},
    "dataframe_records": lambda texts: {"dataframe_records": [{"image": text} for text in texts]},
    "inputs": lambda texts: {"inputs": texts},
    "instances": lambda texts: {"instances": [{"image": {"b64": text}} for text in texts]},
}


@pytest.mark.parametrize("form", FORMS)
def test_the_golden_batch_gets_its_recorded_answers_in_every_form_of_request(server, golden, spec, form, limit):
    status, answer = ask(server, FORMS[form](golden.texts))
    assert status == 200
    assert golden.difference(probabilities(answer["predictions"], spec.classes)) < limit
    assert all(row["predicted"] == next(iter(row["probabilities"])) for row in answer["predictions"])


def test_raw_pixels_are_answered_too(server, golden, spec, limit):
    pixels = golden.pixels(spec.preprocessing)
    status, answer = ask(server, {"inputs": pixels.tolist()})
    assert status == 200
    assert golden.difference(probabilities(answer["predictions"], spec.classes)) < limit


def test_csv_and_parquet_are_answered_too(server, golden):
    lines = "\n".join(["image", *golden.texts]).encode()
    table = io.BytesIO()
    pd.DataFrame({"image": list(golden.images)}).to_parquet(table)
    status, expected = ask(server, {"inputs": golden.texts})
    assert status == 200
    assert ask(server, lines, "text/csv") == (200, expected)
    assert ask(server, table.getvalue(), "application/vnd.apache.parquet") == (200, expected)


def bomb():
    buffer = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


@pytest.mark.parametrize(
    ("request_body", "sentence"),
    [
        ({"inputs": ["%%%"]}, "image 0 cannot be read: not base64"),
        ({"inputs": [base64.b64encode(b"hello").decode()]}, "image 0 cannot be read: not an image file of the formats"),
        ({"inputs": [bomb()]}, "image 0 cannot be read: larger than 64,000,000 pixels"),
        ({"inputs": [[[[[1]]]]]}, "image 0: an array of shape (1, 1, 1, 1, 1) is no image"),
        ({"inputs": []}, "the request has no image"),
        ({"dataframe_split": {"columns": ["image"], "data": []}}, "the request has no image"),
        ({"inputs": [None]}, "image 0 cannot be read: it is missing"),
        ({"inputs": [True]}, "image 0 must be the bytes of an image file in base64, or an array of pixels"),
        ({"inputs": {"photo": "x"}}, "an object that stands for an image must have the key"),
        ({"inputs": [[[[0.5, 0.5, 0.5]]]]}, "image 0: the pixels of an image are from 0 to 1"),
        ({"inputs": ["%%%"], "params": {"top": -1}}, "params: top must be 0 (all classes) or more"),
    ],
)
def test_a_wrong_request_gets_status_400_and_one_sentence_and_the_server_lives(server, golden, request_body, sentence):
    status, answer = ask(server, request_body)
    assert (status, set(answer)) == (400, {"error_code", "message"})
    assert answer["message"].startswith(sentence)
    assert "\n" not in answer["message"]
    assert ask(server, {"inputs": golden.texts[:1]})[0] == 200


@pytest.mark.parametrize("body", [b"no JSON", b"[]", b'{"image": 1}'])
def test_what_is_no_request_gets_status_400(server, golden, body):
    assert ask(server, body)[0] == 400
    assert ask(server, {"inputs": golden.texts[:1]})[0] == 200


def test_clients_at_once_get_the_answers_to_their_images_with_wrong_requests_among_them(server, golden, limit):
    def one(number):
        wrong = number % 5 == 4
        return ask(server, {"inputs": ["%%%" if wrong else golden.texts[number % len(golden.texts)]]})

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(one, range(60)))
    assert [status for status, _ in found] == [400 if number % 5 == 4 else 200 for number in range(60)]
    confidences = [answer["predictions"][0]["confidence"] for status, answer in found if status == 200]
    expected = golden.probabilities.max(axis=1)
    assert confidences == pytest.approx(
        [expected[number % len(golden.texts)] for number in range(60) if number % 5 != 4], abs=limit
    )


def test_mlflow_models_predict_answers_a_file(registered, environment, golden, spec, limit, tmp_path):
    (tmp_path / "request.json").write_text(json.dumps(FORMS["dataframe_split"](golden.texts)))
    command = ["mlflow", "models", "predict", "-m", registered, "-i", "request.json", "-o", "answer.json"]
    done = subprocess.run(
        [*command, "--env-manager", "local"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads((tmp_path / "answer.json").read_text())
    assert golden.difference(probabilities(answer["predictions"], spec.classes)) < limit


def documented(heading):
    """Return the first block of Python below a heading of docs/serve.md."""
    page = (Path(__file__).parents[3] / "docs/serve.md").read_text(encoding="utf-8")
    section = page.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.search(r"^```python\n(.*?)^```", section, re.MULTILINE | re.DOTALL)[1]


def test_the_documented_check_of_a_server_prints_the_difference(server, registered, other_python, limit, tmp_path):
    mlflow.artifacts.download_artifacts(registered, dst_path=str(tmp_path / "model"))
    code = documented("Check a server").replace(":5001/", f":{server}/")
    done = subprocess.run(
        [str(other_python / "python"), "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert 0 <= float(done.stdout) < limit


def test_the_documented_call_without_a_server_returns_a_table(registered, photos, spec, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photo.jpg").write_bytes(next((photos / spec.classes[0]).glob("*.png")).read_bytes())
    found = {}
    exec(documented("Requests and answers").replace("models:/NAME@champion", registered), found)
    assert found["table"]["predicted"][0] in spec.classes

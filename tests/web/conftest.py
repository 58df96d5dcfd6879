"""The command serving a page, with a project's test images as examples."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.data.dataset import write_dataset_info
from pipeline.data.packing.shard_writer import write_shards


@pytest.fixture(scope="session")
def project(spec, tmp_path_factory) -> Path:
    """A project with twelve prepared images: of each class four, and of these two for testing."""
    root = tmp_path_factory.mktemp("project")
    (root / "conf").mkdir()
    (root / "dvc.yaml").touch()
    folder = root / "outputs" / "prepare" / "images"
    folder.mkdir(parents=True)
    pixels = np.random.default_rng(0).integers(0, 256, (12, *spec.preprocessing.shape), np.uint8)
    write_shards(folder, pixels)
    number = np.arange(12)
    columns = {
        "path": [f"{n}.png" for n in number],
        "label": [spec.classes[n % 3] for n in number],
        "class_index": number % 3,
        "split": ["train" if n < 6 else "test" for n in number],
        "digest": [f"{n}" for n in number],
        "position": number,
        "weight": 1.0,
    }
    write_dataset_info(folder, spec.dataset, pd.DataFrame(columns), list(spec.classes), spec.preprocessing)
    return root


@pytest.fixture(scope="session")
def demo_process(project, root, model_file):
    """Start the command; yield the process and the line that it prints."""
    command = [sys.executable, "-m", "pipeline.demo", "--model", str(model_file), "--port", "0"]
    environment = os.environ | {"PYTHONPATH": str(root), "PYTHONIOENCODING": "utf-8"}
    process = subprocess.Popen(
        command, cwd=project, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    yield process, process.stdout.readline()
    process.kill()
    process.communicate()


@pytest.fixture(scope="session")
def address(demo_process) -> str:
    """Where the page is."""
    process, line = demo_process
    assert line.startswith("http://127.0.0.1:"), process.stderr.read()
    return line.split()[0]


@pytest.fixture(scope="session")
def request_to(address):
    """Send a request; return status, headers, and the body: bytes, or what JSON says."""

    def send(path, data=None, **headers):
        request = urllib.request.Request(address + path, data, headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                status, names, body = response.status, response.headers, response.read()
        except urllib.error.HTTPError as error:
            status, names, body = error.code, error.headers, error.read()
        return status, names, json.loads(body) if names["Content-Type"] == "application/json" else body

    return send

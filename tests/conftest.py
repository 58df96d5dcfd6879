"""What several tests share."""

import os
import runpy
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pipeline.base.digests import file_digest
from pipeline.base.paths import project_root
from pipeline.base.tensorflow_import import import_tensorflow
from pipeline.config.compose import compose
from pipeline.config.parse import parse_config
from pipeline.config.schema.pipeline_schema import Config
from pipeline.runtime.images.preprocessing import Preprocessing
from pipeline.runtime.model_spec import ModelSpec
from pipeline.tracking.local_store import STORE, create_local_store
from pipeline.tracking.server import first_answer
from tests.s3_server import s3, s3_server

__all__ = ["s3", "s3_server"]

ROOT = Path(__file__).parents[1]
CLASSES = ("cat", "ü <b>", "日本")  # of `model_file` and `photos`

# Each worker, and each command that it starts, has its share of the cores: more threads would wait for one another.
THREADS = max(1, (os.cpu_count() or 1) // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))
for threads in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(threads, str(THREADS))


SHARED = ("tests/exporting", "tests/tracking")  # whose files share a server, or a network in all formats


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep the tests of a file, and the files of a folder in `SHARED`, on one worker: each worker has its fixtures."""
    from xdist.scheduler import LoadFileScheduling

    class ByFileOrFolder(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            folder = "/".join(nodeid.split("/")[:2])
            return folder if folder in SHARED else super()._split_scope(nodeid)

    return ByFileOrFolder(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no worker is left alone with one at the end."""
    items.sort(key=lambda item: "end_to_end" not in item.path.parts)


@pytest.fixture(autouse=True)
def no_tracking_uri(monkeypatch: pytest.MonkeyPatch) -> None:
    """MLflow writes the store that a test used into the environment; the next test must not see it.

    A server that does not answer is waited for a moment only.
    """
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.setattr(first_answer, "PATIENCE", 2.0)


@pytest.fixture(autouse=True)
def same_signal_handlers() -> Iterator[None]:
    """A command that runs in a test's process handles signals; the tests that follow in it must not see that."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture(autouse=True)
def same_dtype_policy() -> Iterator[None]:
    """A training sets Keras's dtype policy for its process; the tests that follow in it must not see that."""
    yield
    if "keras" in sys.modules:
        sys.modules["keras"].config.set_dtype_policy("float32")


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an mlflow.db without runs, to be copied: MLflow takes seconds to create one. Workers share it."""
    folder = tmp_path_factory.getbasetemp()
    folder = folder.parent if os.environ.get("PYTEST_XDIST_WORKER") else folder
    create_local_store(folder)
    return folder / STORE


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, and what it printed."""

    code: int
    output: str
    errors: str


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """Return what runs `python -m MODULE ARGUMENTS` in a folder, in this process: imports are paid for once."""

    def run(folder: Path, module: str, *arguments: str) -> Ended:
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", [module, *arguments])
        monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        capsys.readouterr()
        code = 0
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)  # runpy's, of a module that was imported before
                runpy.run_module(module, run_name="__main__", alter_sys=True)
        except SystemExit as end:
            code = int(end.code or 0)
        return Ended(code, *capsys.readouterr())

    return run


@pytest.fixture(scope="session")
def root() -> Path:
    """The project itself; tests read it and write nothing in it."""
    return project_root(ROOT)


@pytest.fixture(scope="session")
def config(root: Path) -> Config:
    """The default settings."""
    return parse_config(compose(root), "conf/")


@pytest.fixture(scope="session")
def keras() -> Any:
    """Keras on TensorFlow, imported when a test asks for it."""
    import_tensorflow()
    import keras

    return keras


@pytest.fixture(scope="session")
def spec() -> ModelSpec:
    return ModelSpec("photos", CLASSES, Preprocessing(32, 24, 3, "crop"))


@pytest.fixture(scope="session")
def model_file(keras, spec, tmp_path_factory) -> Path:
    """A `.keras` file with its OpenVINO model beside it."""
    from pipeline.model import googlenet
    from pipeline.training.networks.inference_model import save_keras_file
    from pipeline.training.networks.openvino_file import save_openvino

    keras.utils.set_random_seed(0)
    network = googlenet((32, 24, 3), len(CLASSES), stem="small", normalization="batch", width=0.125)
    file = tmp_path_factory.mktemp("model") / "model.keras"
    save_keras_file(network, file, spec)
    save_openvino(network, file.parent / "openvino", spec, file_digest(file))
    return file


@pytest.fixture(scope="session")
def classifier(model_file):
    from pipeline.inference import load_model

    return load_model(str(model_file), engine="openvino")


@pytest.fixture(scope="session")
def photos(tmp_path_factory) -> Path:
    """Twelve pictures in two folders, of different sizes and formats, and a text file named .jpg."""
    folder = tmp_path_factory.mktemp("my photos 🙂")
    random = np.random.default_rng(0)
    for number in range(12):
        place = folder / CLASSES[number % 2]
        place.mkdir(exist_ok=True)
        coarse = random.integers(0, 256, (4, 5, 3), np.uint8)
        image = Image.fromarray(coarse).resize((40 + number, 60), Image.Resampling.BICUBIC)
        image.save(place / f"{number:02d}.{('png', 'jpg', 'webp')[number % 3]}")
    (folder / CLASSES[0] / "notes.jpg").write_text("not a picture")
    return folder

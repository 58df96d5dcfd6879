"""The code in docs/export.md, run as a reader would."""

import re

import numpy as np
import pytest
from PIL import Image

BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def blocks(root):
    """The code blocks: decoding, then one for each engine."""
    return BLOCK.findall((root / "docs/export.md").read_text(encoding="utf-8"))


@pytest.fixture
def reader(exported, root, project, monkeypatch):
    """The reader's folder, with the exported model and a photo at the paths that the page names."""
    monkeypatch.chdir(project)
    if not (project / "docs").exists():
        (project / "docs").symlink_to(root / "docs")


@pytest.mark.parametrize(
    ("engine", "suffix"),
    [(1, ""), (2, ""), (3, ""), (4, ""), (1, "-int8"), (2, "-int8"), (3, "-int8")],
    ids=["openvino", "onnx", "litert", "savedmodel", "openvino-int8", "onnx-int8", "litert-int8"],
)
def test_the_examples_predict_what_the_project_does(blocks, reader, capfd, engine, suffix):
    from pipeline.inference import load_model

    code = re.sub(r'(exports / "[a-z]+)/', rf"\1{suffix}/", blocks[engine])
    exec(blocks[0] + code, {})
    name, probability = capfd.readouterr().out.splitlines()[-1].split()
    expected = load_model("trained.keras").predict("docs/digits/3/00003.png").iloc[0]
    assert name == expected["predicted"]
    assert float(probability) == pytest.approx(expected["confidence"], abs=0.3 if suffix else 0.02)


@pytest.mark.parametrize("resize", ["stretch", "crop", "pad"])
@pytest.mark.parametrize("channels", [1, 3])
def test_the_example_decodes_as_the_project_does(blocks, reader, tmp_path, resize, channels):
    from pipeline.runtime.images.decode import decode_pixels
    from pipeline.runtime.images.preprocessing import Preprocessing

    names: dict = {}
    exec(blocks[0], names)
    how = Preprocessing(24, 32, channels, resize)
    turned = Image.Exif()
    turned[0x0112] = 6
    for number, size in enumerate([(40, 60), (97, 31), (20, 20)]):
        noise = np.random.default_rng(number).integers(0, 256, (*size, 3), np.uint8)
        Image.fromarray(noise).save(tmp_path / "photo.jpg", exif=turned)
        found = names["decoded"](tmp_path / "photo.jpg", {"preprocessing": vars(how)})
        np.testing.assert_array_equal(found[0], decode_pixels(lambda: Image.open(tmp_path / "photo.jpg"), how))

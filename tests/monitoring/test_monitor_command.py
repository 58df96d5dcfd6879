"""python -m pipeline.monitor: its table, page, JSON and exit codes."""

import json

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter

from tests.monitoring.conftest import pieces, saved


@pytest.fixture
def monitor(command, monitored, tmp_path):
    def run(*arguments):
        return command(tmp_path, "pipeline.monitor", *map(str, arguments), "--model", str(monitored.model))

    return run


def verdicts(ended):
    return {one["measure"]: one["verdict"] for one in json.loads(ended.output)["measures"]}


def test_held_out_images_do_not_alarm(monitor, monitored, tmp_path):
    ended = monitor(*monitored.files["test"])
    assert ended.code == 0, ended
    assert "No alarm: the new images are like those that the model was trained and validated on." in ended.output
    assert "40 new images, 0 unreadable" in ended.output
    assert "page: monitor.html" in ended.output
    assert "alarm</span>" not in (tmp_path / "monitor.html").read_text(encoding="utf-8")


def test_training_images_do_not_alarm(monitor, monitored):
    assert monitor(*monitored.files["train"]).code == 0


@pytest.mark.parametrize(
    ("change", "measure", "word"),
    [
        (lambda image: ImageEnhance.Brightness(image).enhance(0.4), "brightness", "darker"),
        (lambda image: image.filter(ImageFilter.GaussianBlur(4)), "sharpness", "blurred"),
        (lambda image: image.resize((200, 200)), "width", "wider"),
    ],
)
def test_changed_images_alarm(monitor, tmp_path, change, measure, word):
    saved([change(image) for image in pieces(0, 30, 9)], tmp_path / "new")
    ended = monitor(tmp_path / "new", "--json", "--output", tmp_path / "page.html")
    assert ended.code == 3
    record = json.loads(ended.output)
    assert verdicts(ended)[measure] == "alarm"
    assert record["alarm"]
    assert word in record["sentence"]
    assert "Alarm: the new images" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_foreign_images_alarm(monitor, tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (30, 72, 96, 3), np.uint8)
    saved([Image.fromarray(one) for one in noise], tmp_path / "new")
    ended = monitor(tmp_path / "new", "--json", *(f"--ignore={name}" for name in ("sharpness", "contrast")))
    assert ended.code == 3
    found = verdicts(ended)
    assert found["embedding"] == "alarm"
    assert found["contrast"] == found["sharpness"] == "ignored"
    assert found["width"] == "ok"


def test_few_images_show_nothing(monitor, monitored, tmp_path):
    ended = monitor(*monitored.files["test"][:5])
    assert ended.code == 0
    assert "Nothing can be concluded from 5 images: it takes at least 20; no page is written." in ended.output
    assert not (tmp_path / "monitor.html").exists()
    assert json.loads(monitor(*monitored.files["test"][:5], "--json").output)["measures"] is None


def test_unreadable_files_are_counted_and_named(monitor, monitored, tmp_path):
    broken = tmp_path / "broken <b>.jpg"
    broken.write_text("no picture")
    ended = monitor(*monitored.files["test"], broken)
    assert ended.code == 0
    assert "40 new images, 1 unreadable" in ended.output
    assert "broken <b>.jpg: not an image of a format that Pillow reads" in ended.errors
    assert "broken &lt;b&gt;.jpg" in (tmp_path / "monitor.html").read_text(encoding="utf-8")
    others = [tmp_path / f"{number}.jpg" for number in range(5)]
    for other in others:
        other.write_text("no picture")
    ended = monitor(*monitored.files["test"], *others)
    assert ended.code == 3
    assert "Alarm: 5 of 45 files cannot be read" in ended.output
    assert "Alarm: 5 of 45" in (tmp_path / "monitor.html").read_text(encoding="utf-8")
    assert monitor(*monitored.files["test"], *others, "--ignore", "unreadable").code == 0
    ended = monitor(broken)
    assert (ended.code, ended.errors.count("error: none of 1 files can be read")) == (1, 1)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["no-such-file.png", "--output", "x.txt"], 1, "must end in .html"),
        (["no*such.png"], 1, "no file matches"),
        (["x.png", "--ignore", "colour"], 2, "invalid choice: 'colour'"),
    ],
)
def test_wrong_arguments_are_one_sentence(monitor, arguments, code, words):
    ended = monitor(*arguments)
    assert (ended.code, words in ended.errors) == (code, True)


def test_a_model_without_a_reference_is_a_sentence(command, model_file, monitored, tmp_path):
    ended = command(tmp_path, "pipeline.monitor", str(monitored.files["test"][0]), "--model", str(model_file))
    assert ended.code == 1
    assert "error: the model has no reference to compare with" in ended.errors

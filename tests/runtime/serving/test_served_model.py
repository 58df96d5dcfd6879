"""What is answered to a request, whatever form it has."""

import base64
import io
import json
import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from pipeline.runtime.serving import mlflow_loader, request_images
from pipeline.runtime.serving.request_error import RequestError, ServingError


@pytest.fixture(scope="module")
def photo(photos):
    return (photos / "cat" / "00.png").read_bytes()


@pytest.fixture(scope="module")
def text(photo):
    return base64.b64encode(photo).decode()


@pytest.fixture(scope="module")
def pixels(photo):
    return np.asarray(Image.open(io.BytesIO(photo)))


@pytest.fixture(scope="module")
def expected(classifier, photo):
    return classifier.predict(photo, top=3)


FORMS = {
    "a text": lambda text, photo, pixels: text,
    "texts": lambda text, photo, pixels: [text, text],
    "an array of texts, as MLflow makes of inputs": lambda text, photo, pixels: np.array([text, text]),
    "wrapped text, as the command base64 writes it": lambda text, photo, pixels: f"{text[:76]}\n{text[76:]}\n",
    "a data URL": lambda text, photo, pixels: f"data:image/png;base64,{text}",
    "an object": lambda text, photo, pixels: {"image": text},
    "objects of TensorFlow Serving": lambda text, photo, pixels: [{"b64": text}, {"b64": text}],
    "objects in objects, as MLflow makes of instances": lambda text, photo, pixels: {
        "image": np.array([np.array({"b64": text})])
    },
    "a table of text": lambda text, photo, pixels: pd.DataFrame({"image": [text, text]}),
    "a table of bytes with another name": lambda text, photo, pixels: pd.DataFrame({"content": [photo]}),
    "a table with other columns": lambda text, photo, pixels: pd.DataFrame({"path": ["x"], "image": [text]}),
    "a table of pixels": lambda text, photo, pixels: pd.DataFrame({"image": [pixels.tolist()]}),
    "a table of arrays in arrays, from Spark": lambda text, photo, pixels: pd.DataFrame(
        {"image": [np.array([*map(list, pixels), None], dtype=object)[:-1]]}
    ),
    "an array of pixels": lambda text, photo, pixels: pixels,
    "a batch of pixels": lambda text, photo, pixels: np.stack([pixels, pixels]),
    "nested lists of pixels": lambda text, photo, pixels: [pixels.tolist(), pixels.tolist()],
    "bytes": lambda text, photo, pixels: photo,
    "a Pillow image": lambda text, photo, pixels: [Image.open(io.BytesIO(photo))],
    "text and pixels": lambda text, photo, pixels: [text, pixels],
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_photo_gets_the_answer_that_the_classifier_gives(
    served_model, form, text, photo, pixels, expected
):
    answers = served_model.predict(FORMS[form](text, photo, pixels))
    assert list(answers.columns) == ["predicted", "confidence", "probabilities"]
    for answer in answers.to_dict("records"):
        assert answer["predicted"] == expected["predicted"][0]
        assert answer["confidence"] == pytest.approx(expected["confidence"][0], abs=1e-5)
        assert list(answer["probabilities"]) == [expected[f"predicted{rank}"][0] for rank in ("", "_2", "_3")]
        assert sum(answer["probabilities"].values()) == pytest.approx(1, abs=1e-5)


def test_a_batch_of_gray_images_may_lack_the_axis_for_the_channel(served_model):
    assert len(served_model.predict(np.zeros((5, 28, 29), np.uint8))) == 5
    assert len(served_model.predict(np.zeros((5, 28, 29), int).tolist())) == 5


def test_many_images_come_back_in_their_order(served_model, photos):
    files = sorted(photos.rglob("[01]*"))[:12] * 6
    one_by_one = [served_model.predict(file.read_bytes())["confidence"][0] for file in files[:12]]
    together = served_model.predict([file.read_bytes() for file in files])
    assert together["confidence"].tolist() == pytest.approx(one_by_one * 6, abs=1e-5)


def test_top_limits_the_classes(served_model, text):
    (answer,) = served_model.predict(text, {"top": 2})["probabilities"]
    assert len(answer) == 2


def bomb() -> bytes:
    buffer = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.filterwarnings("ignore:Image size")
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (["%%%"], "image 0 cannot be read: not base64"),
        (["ü"], "image 0 cannot be read: not base64"),
        ([base64.b64encode(b"hello").decode()], "image 0 cannot be read: not an image file of the formats JPEG, PNG"),
        ([b"%!PS-Adobe-3.0 EPSF-3.0"], "image 0 cannot be read: not an image"),
        ([bomb()], "image 0 cannot be read: larger than 64,000,000 pixels"),
        ([], "the request has no image"),
        (pd.DataFrame({"image": []}), "the request has no image"),
        (pd.DataFrame(), "the request has no image"),
        (pd.DataFrame({"a": [1], "b": [2]}), "a table must have one column, .* it has: a, b"),
        ({"photo": "x"}, "must have the key"),
        ([None], "image 0 cannot be read: it is missing"),
        (pd.DataFrame({"image": [float("nan")]}), "image 0 cannot be read: it is missing"),
        (
            pd.DataFrame([["x", "y"]], columns=["image", "image"]),
            "a table must have one column, .* it has: image, image",
        ),
        (np.full((4, 4, 3), np.nan), "some of these are NaN or infinite"),
        (5, "image 0 must be .* it is int"),
        ([True], "image 0 must be .* it is bool"),
        ([1, 2, 3], "image 0 must be .* it is int"),
        ([[1, 2], [3]], "image 0 is a list whose rows differ in length"),
        (np.zeros((2, 3, 4, 5, 3), np.uint8), "image 0: an array of shape"),
        (np.zeros((2, 3, 4, 2), np.uint8), "image 0: an array of shape"),
        (np.full((4, 4, 3), 0.5), "image 0: the pixels of an image are from 0 to 1"),
        (np.full((4, 4, 3), 256), "image 0: pixels must be from 0 to 255"),
        (np.full((4, 4, 3), -1), "image 0: pixels must be from 0 to 255"),
    ],
)
def test_a_wrong_request_gets_one_sentence_and_status_400(served_model, wrong, sentence):
    with pytest.raises(RequestError, match=sentence) as raised:
        served_model.predict(wrong)
    raised.value.message = "Failed to predict data ..."  # MLflow's server does that
    answer = json.loads(raised.value.serialize_as_json())
    assert answer == {"error_code": "INVALID_PARAMETER_VALUE", "message": raised.value.sentence}
    assert "\n" not in answer["message"]
    assert raised.value.get_http_status_code() == 400


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"top": -1}, "top must be"),
        ({"top": None}, "top must be"),
        ({"errors": "ignore"}, "errors must be raise or coerce"),
    ],
)
def test_a_wrong_parameter_is_named(served_model, text, params, sentence):
    with pytest.raises(RequestError, match=sentence):
        served_model.predict(text, params)


def test_a_batch_job_may_have_unreadable_images_as_rows(served_model, text):
    answers = served_model.predict([text, "%%%", text, None], {"errors": "coerce"})
    assert list(answers["error"].isna()) == [True, False, True, False]
    assert answers["error"][3] == "it is missing"
    broken = answers.to_dict("records")[1]
    assert broken["error"].startswith("not base64")
    assert (broken["predicted"], broken["confidence"], broken["probabilities"]) == (None, None, {})


def test_threads_get_the_same_answers(served_model, photos):
    files = [file.read_bytes() for file in sorted(photos.rglob("[01]*"))[:12]]
    alone = [served_model.predict(file)["confidence"][0] for file in files]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(served_model.predict, files * 4))
    assert [answer["confidence"][0] for answer in answers] == pytest.approx(alone * 4, abs=1e-5)


def test_large_photos_wait_for_each_other_and_small_ones_do_not(served_model, text):
    buffer = io.BytesIO()
    Image.new("RGB", (5000, 3300), "red").save(buffer, "JPEG")
    with ThreadPoolExecutor(1) as pool:
        with request_images._decoding:
            waiting = pool.submit(served_model.predict, buffer.getvalue())
            assert len(served_model.predict(text)) == 1
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.5)
        assert len(waiting.result()) == 1
    cut = served_model.predict([buffer.getvalue()[:-5000]], {"errors": "coerce"})
    assert cut["error"][0]
    assert not request_images._decoding.locked()


def test_a_failure_of_the_model_is_not_called_the_clients(served_model, text, monkeypatch):
    monkeypatch.setattr(served_model, "_table", lambda *arguments, **options: 1 / 0)
    with pytest.raises(ServingError, match="the server's log says why") as raised:
        served_model.predict(text)
    assert raised.value.get_http_status_code() == 500


def test_a_model_answers_after_its_folder_is_gone(model_file, text, tmp_path):
    shutil.copytree(model_file.parent / "openvino", tmp_path / "openvino")
    model = mlflow_loader._load_pyfunc(str(tmp_path))
    shutil.rmtree(tmp_path / "openvino")
    assert len(model.predict([text] * 40)) == 40
    with ThreadPoolExecutor(4) as pool:
        assert all(len(answer) == 1 for answer in pool.map(model.predict, [text] * 8))

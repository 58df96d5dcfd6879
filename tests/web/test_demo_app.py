"""What the server answers, over HTTP."""

import base64
import http.client
import io
import json
import re
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from pipeline.inference import load_model
from pipeline.report.page.percentages import percent


def png(*size, color=(200, 60, 30)) -> bytes:
    file = io.BytesIO()
    pixels = np.zeros((size[1], size[0], 3), np.uint8)
    pixels[: size[1] // 2] = color
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def chunk(kind, data) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def decoded(picture) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(picture["source"].removeprefix("data:image/jpeg;base64,"))))


def test_the_page_needs_no_other_server_and_may_ask_none(request_to):
    status, headers, body = request_to("/")
    page = body.decode()
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "model.keras" in page
    assert "24 × 32 pixels, color" in page
    assert "ü &lt;b&gt;" in page
    assert "://" not in page
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert headers["Access-Control-Allow-Origin"] is None


def test_a_photo_gets_the_models_prediction_and_a_map_of_each_class(request_to, model_file):
    photo = png(90, 60)
    status, _, answer = request_to("/classify", photo)
    assert status == 200
    (row,) = load_model(model_file).predict(photo, top=3).itertuples()
    assert [one["name"] for one in answer["classes"]] == [row.predicted, row.predicted_2, row.predicted_3]
    assert answer["classes"][0]["percent"] == percent(row.confidence)
    assert decoded(answer["picture"]).size == (240, 320)
    assert decoded(answer["input"]).size == (24, 32)
    maps = [decoded(one["map"]) for one in answer["classes"]]
    assert {image.size for image in maps} == {(240, 320)}
    assert len({image.tobytes() for image in maps}) == 3


@pytest.mark.parametrize(
    ("data", "status", "reason"),
    [
        (b"not a picture", 422, "not an image file of the formats JPEG, PNG, WEBP, GIF, BMP, TIFF, AVIF"),
        (png(60, 60)[:80], 422, None),
        (b"", 400, "the file is empty"),
    ],
)
def test_what_is_no_photo_is_refused_in_one_sentence(request_to, data, status, reason):
    found, _, answer = request_to("/classify", data)
    assert found == status
    assert answer["error"] == reason or reason is None
    assert "\n" not in answer["error"]


def test_an_image_of_too_many_pixels_is_refused_before_it_is_decoded(request_to):
    size = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", b"")
    assert request_to("/classify", bomb)[::2] == (422, {"error": "larger than 64,000,000 pixels"})


@pytest.mark.parametrize("header", [("Content-Length", str(2**40)), ("Transfer-Encoding", "chunked")])
def test_a_file_that_is_too_large_is_refused(address, header):
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=30)
    connection.putrequest("POST", "/classify")
    connection.putheader(*header)
    connection.endheaders()
    if header[0] == "Transfer-Encoding":
        block = bytes(2**20)
        for _ in range(65):
            connection.send(b"%x\r\n%b\r\n" % (len(block), block))
    response = connection.getresponse()
    assert (response.status, json.loads(response.read())) == (413, {"error": "larger than 64 MiB"})


def test_other_sites_are_refused(request_to, address):
    photo = png(30, 30)
    for origin in ("http://example.org", "null", address.replace("http", "https"), address + "0"):
        status, _, answer = request_to("/classify", photo, Origin=origin)
        assert (status, answer) == (403, {"error": "requests from other sites are refused"}), origin
    assert request_to("/classify", photo, Origin=address)[0] == 200
    for host in ("example.org", "127.0.0.1.example.org", "localhost.example.org:80"):
        assert request_to("/", Host=host)[0] == 400, host
    assert request_to("/", Host="localhost:8000")[0] == 200


def test_examples_are_test_images_and_lead_to_a_prediction(request_to):
    page = request_to("/")[2].decode()
    assert re.findall(r'data-example="(\d+)" data-label="([^"]*)"', page)[:2] == [("0", "cat"), ("1", "ü &lt;b&gt;")]
    status, headers, image = request_to("/examples/5")
    assert (status, headers["Content-Type"]) == (200, "image/png")
    assert request_to("/classify", image)[0] == 200
    assert request_to("/examples/6")[0] == request_to("/examples/x")[0] == request_to("/other")[0] == 404
    assert request_to("/classify")[0] == 405


def test_photos_sent_at_the_same_time_get_their_own_answers(request_to):
    photos = [png(40, 40, color=(20 * n, 250 - 20 * n, 30 * n % 256)) for n in range(12)]
    one_by_one = [request_to("/classify", photo)[2] for photo in photos]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(lambda photo: request_to("/classify", photo)[2], photos)) == one_by_one

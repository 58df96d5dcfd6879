"""Folders and archives on a local S3 server, on a local web server, and in fsspec's memory."""

import functools
import http.server
import io
import sys
import tarfile
import threading
import uuid
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import fsspec
import pytest
from PIL import Image

from pipeline.base.errors import PipelineError
from pipeline.config.schema.data_schema import TableConfig
from pipeline.data.sources import list_source
from pipeline.data.sources.trees.open_tree import open_tree


def image():
    data = io.BytesIO()
    Image.new("RGB", (4, 5)).save(data, "PNG")
    return data.getvalue()


def archive(names):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as written:
        for name in names:
            written.writestr(name, image())
    return data.getvalue()


def put(s3, **objects):
    for key, content in objects.items():
        s3.put_object(Bucket="bucket", Key=key, Body=content)


def opened(record):
    with record.open() as pixels:
        return pixels.size


NAMES = ("train/cat/10.png", "train/cat/2.png", "train/dög/1 a%20+?#[x]*.png", "test/cat/1.png", "test/dög/1.png")


def test_a_folder_in_s3_is_a_source(s3, source):
    put(s3, **{f"photos/{name}": image() for name in (*NAMES, ".x/1.png", "train/loose.png")}, **{"other/x/1.png": b""})
    put(s3, **{"photos/": b"", "photos/train/": b"", "photos/train/cat/": b""})  # as the console creates folders
    for address in ("s3://bucket/photos", "s3://bucket/photos/"):
        found = list_source(source(address), Path())
        assert [one.path for one in found.records] == [
            "test/cat/1.png", "test/dög/1.png", "train/cat/2.png", "train/cat/10.png", NAMES[2]]  # fmt: skip
        assert [(one.path, one.verdict) for one in found.left_out] == [("train/loose.png", "outside_classes")]
        with ThreadPoolExecutor(4) as pool:
            assert set(pool.map(opened, found.records)) == {(4, 5)}


def test_a_listing_is_never_an_old_one(s3):
    put(s3, **{"photos/a/1.png": image()})
    assert len(open_tree("s3://bucket/photos", Path()).files) == 1
    put(s3, **{"photos/a/2.png": image()})
    assert len(open_tree("s3://bucket/photos", Path()).files) == 2


def test_an_empty_folder_of_the_console_is_a_class_without_files(s3, source):
    put(s3, **{"photos/a/1.png": image(), "photos/b/": b""})
    with pytest.raises(PipelineError, match="s3://bucket/photos/b holds no files"):
        list_source(source("s3://bucket/photos"), Path())


def test_a_zip_archive_in_s3_is_a_source(s3, source):
    put(s3, **{"sets/photos.zip": archive(NAMES)})
    found = list_source(source("s3://bucket/sets/photos.zip"), Path())
    assert len(found.records) == 5
    assert opened(found.records[0]) == (4, 5)


def test_a_compressed_tar_archive_in_s3_is_a_source(s3, source):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as written:
        for name in NAMES:
            info = tarfile.TarInfo(name)
            info.size = len(image())
            written.addfile(info, io.BytesIO(image()))
    put(s3, **{"photos.tar.gz": data.getvalue()})
    found = list_source(source("s3://bucket/photos.tar.gz"), Path())
    assert [opened(record) for record in found.records] == [(4, 5)] * 5


def test_a_table_in_s3_lists_images_by_path_or_address(s3, source):
    table = "path,label\nimages/1.png,cat\ns3://bucket/set/images/2.png,dog\n"
    put(s3, **{"set/images/1.png": image(), "set/images/2.png": image(), "set/labels.csv": table.encode()})
    config = source("s3://bucket/set", source="table", table=TableConfig(file="labels.csv"))
    assert [(one.path, one.label) for one in list_source(config, Path()).records] == [
        ("images/1.png", "cat"), ("images/2.png", "dog")]  # fmt: skip


def test_an_object_that_is_gone_is_an_os_error(s3):
    put(s3, **{"photos/a/1.png": image()})
    (file,) = open_tree("s3://bucket/photos", Path()).files
    s3.delete_object(Bucket="bucket", Key="photos/a/1.png")
    with pytest.raises(OSError, match="FileNotFoundError"):
        file.read()


@pytest.mark.parametrize(
    "address", ["s3://no-such-bucket/photos", "s3://bucket/none", "s3://bucket/none.zip", "s3://", "foo://x/y"]
)
def test_what_is_not_there_is_refused_in_a_sentence(s3, address):
    with pytest.raises(PipelineError, match=r"cannot be read .*; check the address, the network and your credentials"):
        open_tree(address, Path())


def test_missing_credentials_are_named(s3, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(PipelineError, match="NoCredentialsError: Unable to locate credentials"):
        open_tree("s3://bucket/photos", Path())


def test_a_server_that_does_not_answer_is_named(s3, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(PipelineError, match="cannot be read"):
        open_tree("s3://bucket/photos.zip", Path())


def test_a_missing_package_is_named_with_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    with pytest.raises(PipelineError, match=r"gs://bucket/photos: .* takes another package; pip install '.\[gs\]'"):
        open_tree("gs://bucket/photos", Path())


def test_an_address_of_this_machine_is_refused(tmp_path):
    with pytest.raises(PipelineError, match="without file://"):
        open_tree(f"file://{tmp_path}", Path())


def test_an_archive_on_a_web_server_is_a_source(tmp_path, source):
    (tmp_path / "photos.zip").write_bytes(archive(NAMES))
    handler = functools.partial(_Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        place = f"http://127.0.0.1:{server.server_port}"
        found = list_source(source(f"{place}/photos.zip?signature=secret"), Path())
        with pytest.raises(PipelineError, match=r"gone\.zip cannot be read") as caught:
            list_source(source(f"{place}/gone.zip?signature=secret"), Path())
        server.shutdown()
    assert "secret" not in str(caught.value)
    assert [opened(record) for record in found.records] == [(4, 5)] * 5


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


def test_any_store_that_fsspec_reads_is_a_source(source):
    folder = f"memory://{uuid.uuid4()}"
    for name in ("a/1.png", "b/1.png"):
        fsspec.filesystem("memory").pipe(f"{folder}/{name}", image())
    found = list_source(source(folder), Path())
    assert [(one.path, one.label) for one in found.records] == [("a/1.png", "a"), ("b/1.png", "b")]

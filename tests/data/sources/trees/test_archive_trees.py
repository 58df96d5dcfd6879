"""Zip and tar archives, whole, damaged and malicious."""

import bz2
import gzip
import io
import lzma
import os
import struct
import tarfile
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.base.errors import PipelineError
from pipeline.data.sources.trees import decompressed
from pipeline.data.sources.trees.member_names import member_path
from pipeline.data.sources.trees.open_tree import archive_tree, open_tree


def contents(tree):
    return {file.path: file.read() for file in tree.files if not file.problem}


def problems(tree):
    return {(file.path, file.verdict, file.problem) for file in tree.files if file.problem}


def make_zip(members, compression=zipfile.ZIP_STORED):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", compression) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return data


def make_tar(members, mode="w"):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode=mode) as archive:
        for member, content in members:
            info = member if isinstance(member, tarfile.TarInfo) else tarfile.TarInfo(member)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return data.getvalue()


@pytest.fixture
def tar(tmp_path):
    def tar(data, name="photos.tar"):
        (tmp_path / name).write_bytes(data)
        return open_tree(name, tmp_path)

    return tar


FILES = [("cat/10.png", b"ten"), ("cat/2.png", b"two" * 40_000), ("dög/1.png", b"")]


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_archive_is_read_in_place(tmp_path, compression):
    (tmp_path / "photos.ZIP").write_bytes(make_zip([*FILES, ("empty/", b"")], compression).getvalue())
    tree = open_tree("photos.ZIP", tmp_path)
    assert list(contents(tree).items()) == [FILES[1], FILES[0], FILES[2]]
    assert tree.folders == ("cat", "dög", "empty")
    assert tree.name == str(tmp_path / "photos.ZIP")
    assert os.listdir(tmp_path) == ["photos.ZIP"]  # noqa: PTH208


@pytest.mark.parametrize(
    ("name", "compress"),
    [
        ("photos.tar", bytes),
        ("photos.tar.gz", gzip.compress),
        ("photos.tgz", gzip.compress),
        ("photos.tar.bz2", bz2.compress),
        ("photos.tar.xz", lzma.compress),
        ("photos.tar", gzip.compress),  # misnamed
    ],
)
def test_a_tar_archive_is_read_in_place_or_decompressed_to_a_file_without_a_name(tar, tmp_path, name, compress):
    folder = tarfile.TarInfo("empty")
    folder.type = tarfile.DIRTYPE
    tree = tar(compress(make_tar([*FILES, (folder, b"")])), name)
    assert list(contents(tree).items()) == [FILES[1], FILES[0], FILES[2]]
    assert tree.folders == ("cat", "dög", "empty")
    assert os.listdir(tmp_path) == [name]  # noqa: PTH208


@pytest.mark.parametrize("suffix", ["zip", "tar", "tar.gz"])
def test_threads_read_an_archive_at_the_same_time(tmp_path, suffix):
    files = [(f"cat/{number}.png", os.urandom(1 + 997 * number)) for number in range(60)]
    data = make_zip(files).getvalue() if suffix == "zip" else make_tar(files, "w:gz" if "gz" in suffix else "w")
    (tmp_path / f"photos.{suffix}").write_bytes(data)
    tree = open_tree(f"photos.{suffix}", tmp_path)
    with ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            assert list(pool.map(lambda file: (file.path, file.read()), tree.files)) == files


def test_names_that_lead_out_of_a_zip_archive_are_left_out_or_made_harmless(tmp_path):
    names = ["../1.png", "cat/../../2.png", "/etc/3.png", "C:\\photos\\4.png", "\\\\server\\5.png", "./cat//6.png"]
    tree = archive_tree(make_zip([(name, b"x") for name in names]), "photos.zip")
    assert set(contents(tree)) == {"etc/3.png", "photos/4.png", "server/5.png", "cat/6.png"}
    reason = "its name leads out of the archive"
    assert problems(tree) == {(name, "unreadable", reason) for name in names[:2]}
    assert not (tmp_path.parent / "1.png").exists()


def test_names_that_lead_out_of_a_tar_archive_are_left_out_or_made_harmless(tar):
    tree = tar(make_tar([("../1.png", b"x"), ("/etc/3.png", b"x")]))
    assert set(contents(tree)) == {"etc/3.png"}
    assert problems(tree) == {("../1.png", "unreadable", "its name leads out of the archive")}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_members_with_one_name_the_last_counts_as_in_unpacking(tar):
    twice = [("cat/1.png", b"old"), ("cat/1.png", b"new")]
    for tree in (archive_tree(make_zip(twice), "photos.zip"), tar(make_tar(twice))):
        assert contents(tree) == {"cat/1.png": b"new"}
        assert problems(tree) == {("cat/1.png", "not_chosen", "a later file has the same name")}


def test_links_and_devices_in_an_archive_are_not_files(tar):
    link = zipfile.ZipInfo("cat/link.png")
    link.external_attr = 0o120777 << 16
    tree = archive_tree(make_zip([("cat/1.png", b"x"), (link, b"/etc/passwd")]), "photos.zip")
    assert contents(tree) == {"cat/1.png": b"x"}
    assert problems(tree) == {("cat/link.png", "not_a_file", "a link in an archive")}
    special = []
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE):
        info = tarfile.TarInfo(f"cat/{kind.decode()}.png")
        info.type, info.linkname = kind, "/etc/passwd"
        special.append((info, b""))
    tree = tar(make_tar([("cat/a.png", b"x"), *special]))
    assert contents(tree) == {"cat/a.png": b"x"}
    assert {verdict for _, verdict, _ in problems(tree)} == {"not_a_file"}
    assert len(problems(tree)) == 4


def test_a_hard_link_in_a_tar_archive_is_the_file_that_it_names(tar):
    link = tarfile.TarInfo("dog/1.png")
    link.type, link.linkname = tarfile.LNKTYPE, "cat/1.png"
    assert contents(tar(make_tar([("cat/1.png", b"x"), (link, b"")]))) == {"cat/1.png": b"x", "dog/1.png": b"x"}


def test_litter_in_an_archive_is_passed_over():
    names = ["__MACOSX/cat/._1.png", "cat/.DS_Store", "cat/Thumbs.db", "cat/1.png", ".git/config"]
    assert set(contents(archive_tree(make_zip([(name, b"x") for name in names]), "photos.zip"))) == {"cat/1.png"}


def changed(data, old, new, count=-1):
    assert old in data
    return data.replace(old, new, count)


def read_error(data):
    (file,) = archive_tree(io.BytesIO(data), "photos.zip").files
    with pytest.raises(OSError, match=r"\w") as caught:
        file.read()
    return str(caught.value)


def test_a_member_that_cannot_be_read_says_why():
    data = make_zip([("1.png", b"pixels" * 100)]).getvalue()
    assert "Bad CRC" in read_error(changed(data, b"pixels", b"PIXELS", 1))
    header = data.index(b"PK\1\2")
    encrypted = data[: header + 8] + b"\1" + data[header + 9 :]
    assert read_error(encrypted) == "encrypted"
    unknown = data[: header + 10] + b"\x63" + data[header + 11 :]
    assert read_error(unknown) == "compressed by method 99; only deflate is read"
    bomb = make_zip([("1.png", bytes(10**6))], zipfile.ZIP_BZIP2).getvalue()
    assert read_error(bomb) == "compressed by method 12; only deflate is read"
    large = data[: header + 24] + struct.pack("<L", 2**31) + data[header + 28 :]
    assert read_error(large) == "larger than 1 GiB"


def test_no_more_is_read_than_the_archive_declares():
    data = make_zip([("1.png", bytes(10**7))], zipfile.ZIP_DEFLATED).getvalue()
    header = data.index(b"PK\1\2")
    assert "Bad CRC" in read_error(data[: header + 24] + struct.pack("<L", 100) + data[header + 28 :])


@pytest.mark.parametrize("name", ["photos.zip", "photos.tar", "photos.tar.gz", "photos.tar.xz"])
@pytest.mark.parametrize("data", [b"", b"no archive", bytes(range(256)) * 40])
def test_what_is_no_archive_is_refused(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(
        PipelineError, match=r"photos\.\S+ is not a complete (zip|tar) archive .*; fetch or make it again"
    ):
        open_tree(name, tmp_path)


def test_a_truncated_archive_is_refused(tmp_path, tar):
    files = [(f"cat/{number}.png", os.urandom(1000)) for number in range(10)]
    whole = make_zip(files).getvalue()
    with pytest.raises(PipelineError, match="not a complete zip"):
        archive_tree(io.BytesIO(whole[:5000]), "photos.zip")
    with pytest.raises(PipelineError, match="not a complete tar"):
        tar(make_tar(files)[:5000])
    with pytest.raises(PipelineError, match="cannot be decompressed"):
        tar(gzip.compress(make_tar(files))[:5000], "photos.tar.gz")


def test_a_tar_archive_with_a_damaged_header_is_refused(tar):
    data = make_tar([("cat/1.png", b"x"), ("cat/2.png", b"x"), ("cat/3.png", b"x")])
    with pytest.raises(PipelineError, match="no header at byte 1024"):
        tar(data[:1024] + os.urandom(512) + data[1536:])


def test_an_archive_that_decompresses_to_far_more_is_refused(tar, monkeypatch):
    monkeypatch.setattr(decompressed, "ALWAYS_ALLOWED", 2**20)
    with pytest.raises(PipelineError, match=r"decompresses to more than .* unpack it yourself"):
        tar(gzip.compress(bytes(5 * 2**20)), "photos.tar.gz")


def test_other_files_are_refused_with_the_suffixes_that_are_known(tmp_path):
    (tmp_path / "photos.rar").write_bytes(b"x")
    with pytest.raises(PipelineError, match=r"neither a folder nor an archive \(.zip .tar"):
        open_tree("photos.rar", tmp_path)


@given(st.text(st.sampled_from("a.\\/:C\0é\udce9 "), max_size=12) | st.text(max_size=12))
@example("\\C:")
@example("C:./C:/a")
def test_no_member_name_leads_out(name):
    path = member_path(name)
    if path is not None:
        place = os.path.normpath(os.path.join("/photos", path))  # noqa: PTH118
        assert place.startswith("/photos/")
        assert "\\" not in path
        assert member_path(path) is not None


@given(st.binary(max_size=300), st.integers(0, 200))
def test_a_damaged_zip_archive_raises_nothing_but_a_sentence(noise, start):
    data = bytearray(make_zip([("cat/1.png", b"x" * 20), ("dog/2.png", b"y")], zipfile.ZIP_DEFLATED).getvalue())
    data[start : start + len(noise)] = noise
    try:
        tree = archive_tree(io.BytesIO(bytes(data)), "photos.zip")
    except PipelineError:
        return
    for file in tree.files:
        with suppress(OSError):
            file.read()


@given(st.binary(max_size=300), st.integers(0, 2500))
def test_a_damaged_tar_archive_raises_nothing_but_a_sentence(noise, start):
    data = bytearray(make_tar([("cat/1.png", b"x" * 20), ("dog/2.png", b"y")]))
    data[start : start + len(noise)] = noise
    with tempfile.TemporaryFile() as file, suppress(PipelineError, OSError):
        file.write(data)
        file.seek(0)
        for member in archive_tree(file, "photos.tar").files:
            member.read()

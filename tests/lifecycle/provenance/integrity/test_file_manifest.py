"""Manifests of folders."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.base.errors import PipelineError
from pipeline.lifecycle.provenance.integrity.file_manifest import FileManifest, folder_manifest, manifest_difference

MANIFESTS = st.dictionaries(st.text(min_size=1, max_size=8), st.sampled_from(["a" * 64, "b" * 64])).map(FileManifest)


def test_a_folder_is_its_files_at_any_depth(tmp_path):
    (tmp_path / "b/ü 日本").mkdir(parents=True)
    (tmp_path / "b/ü 日本/.hidden").write_bytes(b"1")
    (tmp_path / "a").write_bytes(b"")
    manifest = folder_manifest(tmp_path)
    assert list(manifest.files) == ["a", "b/ü 日本/.hidden"]
    assert (
        manifest.files["a"] == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )  # SHA-256 of nothing


@given(MANIFESTS)
def test_json_and_back(manifest):
    again = FileManifest.from_json(manifest.to_json(), "here")
    assert (dict(again.files), again.digest) == (dict(manifest.files), manifest.digest)


@given(MANIFESTS, MANIFESTS)
def test_a_difference_names_each_file_once_and_is_empty_for_equal_digests_only(first, second):
    difference = manifest_difference(first, second)
    assert bool(difference) == (first.digest != second.digest)
    named = difference.changed + difference.missing + difference.new
    assert len(named) == len(set(named))
    back = manifest_difference(second, first)
    assert (back.changed, back.missing, back.new) == (difference.changed, difference.new, difference.missing)


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"format": 2, "files": {}}), '{"format": 1, "files": 3}'])
def test_another_document_is_one_sentence(text):
    with pytest.raises(PipelineError, match="here is damaged"):
        FileManifest.from_json(text, "here")

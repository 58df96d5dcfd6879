import hashlib

from hypothesis import given
from hypothesis import strategies as st

from pipeline.base.digests import SHORT, file_digest, json_digest, lines_digest, text_digest

VALUES = st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5) | st.none(), max_size=4)


def test_a_files_digest_is_its_sha_256(tmp_path):
    (tmp_path / "a").write_bytes(b"content")
    assert file_digest(tmp_path / "a") == hashlib.sha256(b"content").hexdigest()
    assert text_digest("content") == file_digest(tmp_path / "a")


@given(VALUES)
def test_the_order_of_keys_does_not_change_a_digest(value):
    assert json_digest(value) == json_digest(dict(reversed(value.items())))
    assert len(json_digest(value)) == SHORT


@given(VALUES, VALUES)
def test_other_values_have_other_digests(one, other):
    assert (json_digest(one) == json_digest(other)) == (one == other)


def test_lines_have_the_digest_of_their_text():
    assert lines_digest(["ü", "b"], iter(["", "c"])) == text_digest("ü\nb\n\nc")
    assert lines_digest() == text_digest("")

import hashlib

from hypothesis import given
from hypothesis import strategies as some

from pipeline.data.packing.decoding.known_digests import KnownDigests


@given(some.sets(some.integers(0, 100)), some.integers(0, 100))
def test_it_holds_what_is_in_the_file(tmp_path_factory, numbers, asked):
    def digest(number):
        return hashlib.sha256(bytes([number])).digest()

    file = tmp_path_factory.mktemp("known") / "first"
    file.write_bytes(b"".join(sorted(digest(number)[:8] for number in numbers)))
    assert (digest(asked) in KnownDigests(file)) == (asked in numbers)


def test_without_a_file_nothing_is_known():
    assert bytes(32) not in KnownDigests(None)

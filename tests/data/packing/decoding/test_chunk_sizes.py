from pipeline.data.packing.decoding.chunk_sizes import CHUNK_SECONDS, MOST_BYTES, MOST_IMAGES, WORTH_WORKERS, ChunkSizes
from pipeline.runtime.images.preprocessing import Preprocessing


def test_chunks_grow_to_what_takes_a_tenth_of_a_second():
    sizes = ChunkSizes(None)
    assert sizes.images() == 1
    sizes.note(1, 1e-3)
    assert sizes.images() == 8
    sizes.note(8, 8e-3)
    assert sizes.images() == 72  # eight times as many as so far
    sizes.note(72, 72e-3)
    assert sizes.images() == CHUNK_SECONDS / 1e-3
    sizes.note(100, 1e-3)
    assert sizes.images() == MOST_IMAGES


def test_a_chunk_of_slow_images_is_one():
    sizes = ChunkSizes(None)
    sizes.note(1, 5.0)
    assert sizes.images() == 1


def test_the_pixels_of_a_chunk_are_bounded():
    sizes = ChunkSizes(Preprocessing(512, 512, 3, "stretch"))
    for _ in range(4):
        sizes.note(100, 1e-3)
    assert sizes.images() * 512 * 512 * 3 <= MOST_BYTES


def test_processes_start_when_the_rest_takes_long():
    sizes = ChunkSizes(None)
    sizes.note(1, 100.0)  # with imports
    assert not sizes.worth_workers(1000)
    sizes.note(2, 0.02)
    assert not sizes.worth_workers(int(WORTH_WORKERS / 0.01))
    assert sizes.worth_workers(int(WORTH_WORKERS / 0.01) + 1)

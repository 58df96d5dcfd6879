"""A worker: OpenVINO alone on decoded images, with its own settings for throughput and for latency."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.inference.measured_work import given_work, serve_calls
from benchmarks.inference.model_folder import openvino_file
from pipeline.runtime.engine.openvino_layout import PROBABILITIES

BATCH = 32  # images


def main() -> None:
    """Serve `batch`, all images in batches by the requests of a queue, and `single`, an image at a time."""
    import openvino

    work = given_work()
    pixels, core = work.arrays(), openvino.Core()
    whole = core.read_model(openvino_file(work.model))
    model = openvino.Model([whole.output(PROBABILITIES)], whole.get_parameters())
    compiled = core.compile_model(model, "CPU", {"PERFORMANCE_HINT": "THROUGHPUT"})
    queue = BareQueue(openvino.AsyncInferQueue(compiled), pixels)
    alone = core.compile_model(model, "CPU", {"PERFORMANCE_HINT": "LATENCY"}).create_infer_request()
    streams = compiled.get_property("NUM_STREAMS")
    precision = compiled.get_property("INFERENCE_PRECISION_HINT").get_type_name()
    facts = {"settings": f"{streams} streams, batches of {queue.size}, {precision}", "version": openvino.__version__}
    serve_calls(
        {
            "batch": (queue.run, len(pixels)),
            "single": (lambda: np.array(alone.infer([pixels[:1]], share_inputs=True)[0]), 1),
        },
        facts,
    )


class BareQueue:
    """Asynchronous requests that classify all images.

    Args:
        queue: openvino.AsyncInferQueue.
        pixels: uint8 (images, height, width, channels).

    Attributes:
        size: of a batch: 32, or fewer, for each request to have one.
        found: the probabilities of the last run.
    """

    def __init__(self, queue: Any, pixels: NDArray[np.uint8]) -> None:
        self._queue, self._pixels = queue, pixels
        self.size = min(BATCH, -(-len(pixels) // len(queue)))
        self.found: dict[int, NDArray[np.float32]] = {}
        queue.set_callback(self._keep)

    def run(self) -> None:
        """Classify all images."""
        for start in range(0, len(self._pixels), self.size):
            self._queue.start_async([self._pixels[start : start + self.size]], start, share_inputs=True)
        self._queue.wait_all()

    def _keep(self, request: Any, start: int) -> None:
        self.found[start] = np.array(request.get_output_tensor(0).data)


if __name__ == "__main__":
    main()

"""A worker: `load_model(FILE).predict(ARRAY)` with the table that it returns, and `probabilities` without one."""

from benchmarks.inference.measured_work import given_work, serve_calls
from pipeline.inference import load_model


def main() -> None:
    """Serve `batch`, an array of all images, and an array of one: `single`, and `bare` without a table."""
    work = given_work()
    pixels, classifier = work.arrays(), load_model(str(work.model), engine="openvino")
    calls = {
        "batch": (lambda: classifier.predict(pixels), len(pixels)),
        "single": (lambda: classifier.predict(pixels[0]), 1),
        "bare": (lambda: classifier.probabilities(pixels[:1]), 1),
    }
    serve_calls(calls, {"settings": classifier.engine.name})


if __name__ == "__main__":
    main()

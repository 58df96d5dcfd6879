"""A worker: what `python -m pipeline.predict FOLDER --output FILE` does, in a process that has started already."""

import argparse
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.inference.measured_work import Work, given_work, serve_calls
from pipeline import predict
from pipeline.inference import load_model


def main() -> None:
    """Serve `files`, with the model loaded once, and `loading`, with the model loaded in each call."""
    work = given_work()
    with TemporaryDirectory() as folder:
        options, loaded = command_options(work, Path(folder) / "predictions.csv"), cache(load_model)

        def classify(load: object) -> None:
            vars(predict)["load_model"] = load
            predict.main(options)

        calls = {
            "files": (lambda: classify(loaded), work.images),
            "loading": (lambda: classify(load_model), work.images),
        }
        serve_calls(calls, {"settings": "--output predictions.csv"})


def command_options(work: Work, output: Path) -> argparse.Namespace:
    """Return the options of `python -m pipeline.predict PHOTOS --model FILE --engine openvino --output FILE`.

    Args:
        work: names the photos and the model.
        output: CSV file to write.
    """
    return argparse.Namespace(
        paths=[str(work.photos)],
        model=str(work.model),
        engine="openvino",
        top=5,
        format=None,
        output=output,
        labels=None,
        sheet=None,
        temperature=1.0,
    )


if __name__ == "__main__":
    main()

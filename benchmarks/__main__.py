"""List the benchmarks: `python -m benchmarks`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Benchmark:
    """A benchmark's command, what it measures in one line, and about how long it takes on two CPU cores."""

    command: str
    summary: str
    duration: str


BENCHMARKS = (
    Benchmark(
        "python benchmarks/stage_times.py",
        "how the time of `dvc repro` on the digits divides among its parts, and training beside a bare Keras fit",
        "4 minutes",
    ),
    Benchmark(
        "python -m benchmarks.speed",
        "training and inference beside the CPU's peak, Keras's defaults and PyTorch, at 32×32 and 224×224",
        "20 minutes",
    ),
    Benchmark(
        "python -m benchmarks.speed.fused_layers_speed",
        "the training step with Keras's layers, and with each of the layers that the training uses instead",
        "3 minutes",
    ),
    Benchmark(
        "python -m benchmarks.speed.checkpoint_cost",
        "epochs with checkpoints within them beside epochs without, and the time of one checkpoint",
        "2 minutes",
    ),
    Benchmark(
        "python -m benchmarks.speed.step_profile",
        "the training step's time by kind of operation, in a project with prepared data",
        "1 minute",
    ),
    Benchmark(
        "python -m benchmarks.inference",
        "classifying images with a trained model beside bare OpenVINO, decoding, PyTorch and Keras; one photo's time",
        "15 minutes",
    ),
    Benchmark(
        "python -m benchmarks.inference.agreement PROJECT",
        "whether OpenVINO names the classes that Keras does, on a project's test images",
        "1 minute",
    ),
    Benchmark(
        "python -m benchmarks.serving",
        "`mlflow models serve`: latency, requests per second beside the bare engine, start, memory",
        "4 minutes",
    ),
    Benchmark(
        "python -m benchmarks.search.search_speed",
        "a search by `pipeline.tune` beside one by Keras Tuner's own tuner: time per image, best accuracy",
        "10 minutes",
    ),
    Benchmark(
        "python -m benchmarks.search.oracle_comparison replay",
        "which oracle finds good networks first, replayed on a table of trained networks",
        "30 minutes",
    ),
    Benchmark(
        "python -m benchmarks.search.trial_times",
        "what a trial costs besides its training steps: building, tracing, first steps, a checkpoint",
        "1 minute",
    ),
    Benchmark(
        "python -m benchmarks.data.near_duplicate_search",
        "the audit's search for near duplicates among a million images: time, memory, how many planted ones it finds",
        "4 minutes",
    ),
    Benchmark(
        "python -m benchmarks.data.splits.million_rows",
        "processor time and memory of splitting a manifest of a million rows, and of reading a table of as many",
        "5 minutes",
    ),
    Benchmark(
        "python -m benchmarks.data.splits.split_movement",
        "how many old images each method of splitting moves when 1% is added, and how uneven its splits are",
        "3 minutes",
    ),
    Benchmark(
        "python -m benchmarks.data.audit_cost PATH",
        "the processor time of an audit beside decoding alone, on the images of a folder or an archive",
        "1 minute",
    ),
    Benchmark(
        "python -m benchmarks.data.batch_cost",
        "reading one training batch of prepared data with a thousand to ten million images: time and memory",
        "3 minutes",
    ),
    Benchmark(
        "python -m benchmarks.data.storage_forms PATH",
        "prepared images as pixels, compressed, as JPEG, in Parquet, in array_record: size, time to write and to read",
        "1 minute",
    ),
    Benchmark(
        "python -m benchmarks.evaluation.evaluation_time",
        "time of an evaluation beyond that of predicting the images, beside it",
        "5 minutes",
    ),
    Benchmark(
        "python -m benchmarks.evaluation.interval_coverage",
        "how often the intervals of an evaluation, and those of a plain bootstrap, hold the figure of all images",
        "4 minutes",
    ),
    Benchmark(
        "python -m benchmarks.evaluation.comparison_errors",
        "how often a comparison of two models finds a difference where there is none, and misses one that is there",
        "6 minutes",
    ),
    Benchmark(
        "python -m benchmarks.evaluation.monitor_alarms PROJECT",
        "how often the monitor alarms for test and training images, and for changed and foreign ones",
        "8 minutes",
    ),
    Benchmark(
        "python -m benchmarks.evaluation.planted_labels",
        "wrong labels planted in the digits: precision and recall of the evaluation's list of likely wrong labels",
        "10 minutes",
    ),
    Benchmark(
        "python -m benchmarks.time_to_accuracy",
        "processor time of each recipe, and of plain Keras, to a validation accuracy on the digits",
        "1 hour",
    ),
    Benchmark(
        "python -m benchmarks.data.fuzz_decode",
        "10,000 damaged image files of every format: verdicts by format, the slowest file, memory, what fails",
        "1 minute",
    ),
    Benchmark(
        "python -m benchmarks.results record|search|render",
        "the tables of docs/results.md: records evaluated runs and finished searches, renders the page",
        "seconds",
    ),
)


def main() -> None:
    """Print each benchmark with one line on what it measures and how long it takes."""
    print("Benchmarks, and about how long each takes on two CPU cores (--help lists a command's options):\n")
    for benchmark in BENCHMARKS:
        print(f"{benchmark.command}   ({benchmark.duration})\n    {benchmark.summary}")


if __name__ == "__main__":
    main()

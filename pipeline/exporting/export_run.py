"""One export: the model loaded, each format written and checked, then all of them measured."""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.base.digests import file_digest
from pipeline.base.errors import PipelineError
from pipeline.base.files import size_on_disk
from pipeline.base.tensorflow_import import held_stderr
from pipeline.exporting.checked_export import export_variant
from pipeline.exporting.export_data import calibration_images, check_images, prepared_data, test_images
from pipeline.exporting.export_folder import earlier_rows
from pipeline.exporting.export_report import KERAS, ExportReport, ExportRow
from pipeline.exporting.formats.export_source import ExportSource
from pipeline.exporting.formats.format_interface import ExportEngine
from pipeline.exporting.formats.variant import Variant
from pipeline.exporting.interrupts import Interrupts
from pipeline.exporting.measured_rows import Contender, measured_rows
from pipeline.inference.engine.engine_timing import BATCH
from pipeline.inference.engine.keras_engine import KerasEngine
from pipeline.inference.model_files import ModelFiles
from pipeline.runtime.engine.cores import usable_cores


class ExportRun:
    """An export into one folder.

    Args:
        files: the model's.
        folder: gets a folder for each format.
        root: the project's folder, whose prepared images are used; None outside of one.
        int8: whether some formats will be written in int8.

    Attributes:
        written: variants that are in `folder`, checked.
        failures: a sentence for each of the others.

    Raises:
        PipelineError: the model cannot be read, or there are no images for int8.
    """

    def __init__(self, files: ModelFiles, folder: Path, root: Path | None, *, int8: bool) -> None:
        self.files, self.folder = files, folder
        self.written: list[Variant] = []
        self.failures: list[str] = []
        self._spec, self._digest = files.spec(), file_digest(files.keras)
        self._dataset = prepared_data(root, self._spec)
        if int8 and self._dataset is None:
            raise PipelineError(
                "--int8 is calibrated on training images, and outputs/prepare/images has none of this model's data "
                "set, classes and size; run dvc repro prepare in the model's project, or leave --int8 out"
            )
        self._keras = KerasEngine(files.keras)
        if (backend := _backend()) != "tensorflow":
            raise PipelineError(f"exporting takes Keras's TensorFlow backend, not {backend}: KERAS_BACKEND=tensorflow")
        check = check_images(files.keras, self._spec, self._dataset)
        self._pixels, self._origin, known = check.pixels, check.origin, check.probabilities
        self._expected = self._keras.probabilities(check.pixels) if known is None else known

    def write(self, variants: Sequence[Variant]) -> None:
        """Write the formats one after the other; one that fails is left out."""
        calibrated = any(variant.int8 for variant in variants) and self._dataset is not None
        calibration = calibration_images(self._dataset) if calibrated and self._dataset else None
        with TemporaryDirectory() as scratch, Interrupts() as interrupts:
            source = ExportSource(self._keras.network, self._spec, self._digest, Path(scratch), calibration)
            with interrupts.deferred(), held_stderr():
                for package in {package for variant in variants for package in variant.packages}:
                    import_module(package)
            for variant in variants:
                self._write(variant, source)
                interrupts.check()

    def _write(self, variant: Variant, source: ExportSource) -> None:
        place = self.folder / variant.name
        _print(f"{variant.name}: converting")
        try:
            export_variant(variant, source, place, self._pixels, self._expected)
        except PipelineError as error:
            self.failures.append(str(error))
            _print(f"{variant.name}: failed")
        else:
            self.written.append(variant)
            _print(f"{variant.name}: {place}, {size_on_disk(place) / 1e6:.1f} MB")

    def measured(self, rounds: int) -> ExportReport:
        """Return the report of what was written, and of what an earlier run has written beside it.

        Args:
            rounds: of timing; 0: none.
        """
        reference = ExportEngine(f"Keras {version('keras')}", "float32", self._keras.probabilities)
        contenders = [Contender(KERAS, self.files.keras, reference)]
        for variant in self.written:
            place = self.folder / variant.name
            engines = variant.format.engines(place, variant.int8)
            contenders += [Contender(variant.name, place, engine) for engine in engines]
        pixels, labels, total = test_images(self._dataset) if self._dataset else (None, None, 0)
        test = (pixels, labels) if pixels is not None and labels is not None and total else None
        rows = measured_rows(contenders, self._pixels, self._expected, test, rounds)
        notes = self._notes(len(test[1]) if test else 0, total, rounds)
        earlier = earlier_rows(self.folder, self._digest, [variant.name for variant in self.written])
        return ExportReport(self.files.name, self._digest, rows + earlier, notes + _earlier_notes(earlier))

    def _notes(self, tested: int, total: int, rounds: int) -> list[str]:
        return [
            f"difference: the largest of a probability, on {len(self._pixels)} {self._origin}",
            f"test accuracy: on {tested:,} of {total:,} test images"
            if tested
            else "test accuracy: not measured, since outputs/prepare/images has no test images of this model",
            f"speed: medians of all calls in {_counted(rounds)} in turns, batches of {BATCH}, {usable_cores()} cores"
            if rounds
            else "speed: not measured",
        ]


def _earlier_notes(rows: Sequence[ExportRow]) -> list[str]:
    names = dict.fromkeys(row.format for row in rows)
    return [f"measured in an earlier run: {', '.join(names)}"] if names else []


def _counted(rounds: int) -> str:
    return "1 round" if rounds == 1 else f"{rounds} rounds"


def _backend() -> str:
    import keras

    return str(keras.backend.backend())


def _print(line: str) -> None:
    print(line, file=sys.stderr, flush=True)

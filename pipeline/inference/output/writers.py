"""Writers of predictions: each takes them as they come, and leaves whole lines (or row groups) whenever it stops."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, TextIO

from pipeline.base.formats.csv_table import harmless_path, harmless_text
from pipeline.base.printable import encodable, printable
from pipeline.runtime.prediction import Prediction, columns, row

Label = str | None


class Writer(Protocol):
    """Writes predictions in their order."""

    def write(self, prediction: Prediction, label: Label) -> None:
        """Write one prediction, with the image's class if it is known."""

    def close(self) -> None:
        """Write what is left."""


class CsvWriter:
    """RFC 4180 with a header: path, label (if known), predicted, confidence, predicted_2, …, error.

    Control characters in names become backslash escapes, so that an image is a line. A name that a spreadsheet would
    execute gets an apostrophe before it.

    Args:
        stream: to write to.
        classes: class names in index order.
        top: how many classes to name.
        labeled: whether there is a column of labels.
    """

    def __init__(self, stream: TextIO, classes: Sequence[str], top: int, *, labeled: bool) -> None:
        self.classes, self.top, self.labeled = classes, min(top, len(classes)), labeled
        self._lines = csv.writer(stream, lineterminator="\n")
        head, *rest = columns(self.top)
        self._lines.writerow([head, *(["label"] if labeled else []), *rest])

    def write(self, prediction: Prediction, label: Label) -> None:
        """Write a line; probabilities have six digits."""
        path, *rest = row(prediction, self.classes, self.top)
        cells = [f"{cell:.6g}" if isinstance(cell, float) else cell for cell in rest]
        texts = [printable(str(cell or "")) for cell in (*([label] if self.labeled else []), *cells)]
        self._lines.writerow([printable(harmless_path(str(path))), *map(harmless_text, texts)])

    def close(self) -> None:
        """Do nothing: every line is complete."""


class JsonLinesWriter:
    """An object a line: path, label (if known), predicted, confidence, top, error.

    Args:
        stream: to write to.
        classes: class names in index order.
        top: how many classes to name.
        labeled: whether there are labels.
    """

    def __init__(self, stream: TextIO, classes: Sequence[str], top: int, *, labeled: bool) -> None:
        self.stream, self.classes, self.top, self.labeled = stream, classes, top, labeled

    def write(self, prediction: Prediction, label: Label) -> None:
        """Write a line."""
        best = [
            {"class": self.classes[index], "probability": round(probability, 6)}
            for index, probability in prediction.best(self.top)
        ]
        value: dict[str, Any] = {"path": encodable(prediction.name)}
        if self.labeled:
            value["label"] = label
        first = best[0] if best else {"class": None, "probability": None}
        value |= {"predicted": first["class"], "confidence": first["probability"], "top": best}
        self.stream.write(json.dumps(value | {"error": prediction.error or None}, ensure_ascii=False) + "\n")

    def close(self) -> None:
        """Do nothing: every line is complete."""


class ParquetWriter:
    """A row per image: path, label (if known), predicted, confidence, error, and a column `p_CLASS` for each class.

    Args:
        file: to write.
        classes: class names in index order.
        labeled: whether there is a column of labels.
    """

    GROUP = 1024  # rows held in memory

    def __init__(self, file: Path, classes: Sequence[str], *, labeled: bool) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self.classes, self.labeled = classes, labeled
        text = ["path", *(["label"] if labeled else []), "predicted", "error"]
        fields = [(name, pa.string()) for name in text] + [("confidence", pa.float32())]
        self._schema = pa.schema(fields + [(f"p_{name}", pa.float32()) for name in classes])
        self._file = pq.ParquetWriter(file, self._schema)
        self._rows: list[tuple[Prediction, Label]] = []

    def write(self, prediction: Prediction, label: Label) -> None:
        """Hold the row until there are enough for a row group."""
        self._rows.append((prediction, label))
        if len(self._rows) >= self.GROUP:
            self._flush()

    def close(self) -> None:
        """Write the last row group and the footer."""
        self._flush()
        self._file.close()

    def _flush(self) -> None:
        import pyarrow as pa

        predictions = [prediction for prediction, _ in self._rows]
        best = [next(iter(prediction.best(1)), (None, None)) for prediction in predictions]
        values: list[list[Any]] = [[encodable(prediction.name) for prediction in predictions]]
        values += [[label for _, label in self._rows]] if self.labeled else []
        values += [[None if index is None else self.classes[index] for index, _ in best]]
        values += [[prediction.error or None for prediction in predictions], [value for _, value in best]]
        for index in range(len(self.classes)):
            found = (prediction.probabilities for prediction in predictions)
            values.append([None if one is None else float(one[index]) for one in found])
        arrays = [pa.array(column, field.type) for column, field in zip(values, self._schema, strict=True)]
        self._file.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        self._rows.clear()

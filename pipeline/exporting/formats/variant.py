"""Which formats there are, and which of them are wanted, as float or as int8."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from types import MappingProxyType

from pipeline.base.errors import PipelineError
from pipeline.exporting.formats.format_interface import INT8, ExportFormat
from pipeline.exporting.formats.litert_format import litert_engines, write_litert
from pipeline.exporting.formats.onnx_format import onnx_engines, write_onnx
from pipeline.exporting.formats.openvino_format import openvino_engines, write_openvino
from pipeline.exporting.formats.savedmodel_format import savedmodel_engines, write_savedmodel

ONNX = ("tf2onnx", "onnx", "onnxruntime")
FORMATS = {
    found.name: found
    for found in (
        ExportFormat("openvino", ("openvino",), ONNX, write_openvino, openvino_engines),
        ExportFormat("onnx", ONNX, (), write_onnx, onnx_engines),
        ExportFormat("litert", ("ai_edge_litert",), (), write_litert, litert_engines),
        ExportFormat("savedmodel", (), None, write_savedmodel, savedmodel_engines),
    )
}
INSTALL = "pip install -e '.[export]' in the project's folder"


@dataclass(frozen=True)
class Variant:
    """A format in one of its precisions.

    Attributes:
        format: the file format.
        int8: whether in int8.
    """

    format: ExportFormat
    int8: bool

    @property
    def name(self) -> str:
        """Name of its folder, such as `onnx-int8`."""
        return f"{self.format.name}-{INT8}" if self.int8 else self.format.name

    @property
    def packages(self) -> list[str]:
        """Modules that it takes to write and to check it."""
        return [*self.format.packages, *((self.format.int8_packages or ()) if self.int8 else ())]


def wanted_variants(
    names: Sequence[str], int8: bool, formats: Mapping[str, ExportFormat] = MappingProxyType(FORMATS)
) -> list[Variant]:
    """Return the variants to write, in the order of the names.

    Args:
        names: of the formats.
        int8: whether to write the formats that have int8 in int8 too.
        formats: the formats by name.

    Raises:
        PipelineError: a package that it takes is not installed.
    """
    wanted = [formats[name] for name in dict.fromkeys(names)]
    floats = [Variant(found, int8=False) for found in wanted]
    variants = floats + [Variant(found, int8=True) for found in wanted if int8 and found.int8_packages is not None]
    for variant in variants:
        if missing := [package for package in variant.packages if find_spec(package) is None]:
            raise PipelineError(f"{variant.name} takes {', '.join(missing)}, not installed here: {INSTALL}")
    return variants

"""What an export does not replace, and what it keeps of an earlier report."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.base.errors import PipelineError
from pipeline.exporting.checked_export import export_variant
from pipeline.exporting.export_folder import check_folder, earlier_rows
from pipeline.exporting.export_report import ExportReport, ExportRow
from pipeline.exporting.formats.variant import wanted_variants
from pipeline.inference.engine.engine_timing import Timing

ROW = ExportRow("onnx", "ONNX Runtime", "float32", 1, 0.0, Timing(0.1, 10.0), 0.9)


def test_a_folder_that_is_not_an_export_stays(export, tmp_path):
    thesis = tmp_path / "out/onnx/thesis.txt"
    thesis.parent.mkdir(parents=True)
    thesis.write_text("x")
    ended = export("--to", "savedmodel", "onnx")
    assert ended.code == 1
    assert ended.errors.splitlines()[-1] == (
        f"error: {thesis.parent} has files but no pipeline.json, so it is not an export and is not replaced; "
        "move it away, or choose another folder with --output"
    )
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["onnx"]
    assert thesis.read_text() == "x"


def test_files_and_links_are_not_replaced_and_exports_and_empty_folders_are(tmp_path):
    (tmp_path / "litert").write_text("x")
    (tmp_path / "openvino").symlink_to(tmp_path / "nowhere")
    (tmp_path / "savedmodel").mkdir()
    written(tmp_path, "onnx")
    check_folder(tmp_path, ["onnx", "savedmodel", "onnx-int8"])
    with pytest.raises(PipelineError, match="litert is a file and is not replaced; move it away, or choose"):
        check_folder(tmp_path, ["onnx", "litert"])
    with pytest.raises(PipelineError, match="openvino is a symbolic link and is not replaced; move it away"):
        check_folder(tmp_path, ["openvino"])
    with pytest.raises(PipelineError, match=r"cannot write into .*File name too long.*; choose a folder with --output"):
        check_folder(tmp_path / ("x" * 300), [])


def test_a_folder_that_cannot_be_made_is_one_sentence():
    (variant,) = wanted_variants(["savedmodel"], int8=False)
    with pytest.raises(PipelineError, match=r"savedmodel: cannot write /proc/x/savedmodel: .*; try another --output"):
        export_variant(variant, None, Path("/proc/x/savedmodel"), None, None)


def written(folder, name):
    (folder / name).mkdir()
    (folder / name / "pipeline.json").write_text("{}")


def test_rows_of_formats_that_are_still_there_are_kept(tmp_path):
    for name in ("onnx", "litert", "openvino"):
        written(tmp_path, name)
    rows = [replace(ROW, format=name) for name in ("keras", "onnx", "litert", "savedmodel", "openvino")]
    report, *_ = ExportReport("m", "digest", rows, ["a note"]).write(tmp_path)
    assert earlier_rows(tmp_path, "digest", ["litert"]) == [ROW, replace(ROW, format="openvino")]
    assert earlier_rows(tmp_path, "of another model", []) == []
    later = report.stat().st_mtime_ns + 1_000_000_000
    os.utime(tmp_path / "openvino", ns=(later, later))  # by a run that was interrupted before its report
    assert earlier_rows(tmp_path, "digest", ["litert"]) == [ROW]


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"model": "m", "digest": "digest", "rows": [{}], "notes": []}'])
def test_a_damaged_report_has_no_rows(tmp_path, text):
    written(tmp_path, "onnx")
    if text is not None:
        (tmp_path / "report.json").write_text(text)
    assert earlier_rows(tmp_path, "digest", []) == []

"""Every figure on which a bound can be set is read from evaluate's files."""

import pandas as pd
import pytest

from pipeline.base.errors import PipelineError
from pipeline.base.files import write_json
from pipeline.config.schema.gate_schema import CLASS, CeilingsConfig, FloorsConfig
from pipeline.evaluation.findings_files import write_findings
from pipeline.evaluation.measured_figures import measured_figures
from pipeline.evaluation.table_findings import table_findings
from tests.evaluation.drawn_table import drawn_table, table_of

COST = {"latency": 0.008, "rate": 1500.0, "keras_bytes": 1_143_342, "openvino_bytes": 668_213}
COST |= {"parameters": 110_482, "multiply_adds": 3_702_080}


@pytest.fixture
def root(tmp_path):
    names, table = drawn_table(0)
    names = ["NA", "c, 1", "7", "日本"]
    truth = [int(label[1:]) for label in table["label"]]
    table = table_of(truth, table.filter(like="p_").to_numpy(), [*names])
    none = table.assign(split="validation").iloc[:40]
    folder = tmp_path / "outputs/evaluate"
    write_findings(table, table_findings(pd.concat([table, none]), names, 2, dict.fromkeys(names, 9)), folder)
    write_json(folder / "cost.json", COST)
    rows = "none,0,as they are,20,0.9,0.8,1\nnoise,1,x,20,0.5,0.4,0.6\nblur,1,x,20,0.7,0.6,0.8\n"
    (folder / "robustness.csv").write_text(f"corruption,strength,setting,images,accuracy,low,high\n{rows}")
    return tmp_path


def test_every_bound_of_the_schema_has_its_figure(root):
    found = measured_figures(root)
    fixed = [name for name in (*FloorsConfig.model_fields, *CeilingsConfig.model_fields) if not name.startswith(CLASS)]
    assert set(fixed) <= set(found)
    assert (found["latency_ms"], found["file_megabytes"], found["parameters"]) == (8.0, 1.143342, 110_482)
    assert found["corrupted_accuracy"] == pytest.approx(0.6)
    by_class = [name.removeprefix(CLASS) for name in FloorsConfig.model_fields if name.startswith(CLASS)]
    assert {f"class/{name}/{figure}" for name in ("NA", "c, 1", "7", "日本") for figure in by_class} <= set(found)
    assert 0 <= found["class/NA/recall"] <= 1


def test_what_was_not_measured_is_undefined(root):
    file = root / "outputs/evaluate/robustness.csv"
    file.write_text(file.read_text().splitlines()[0] + "\n")
    assert measured_figures(root)["corrupted_accuracy"] is None


def test_a_missing_file_names_the_stage(root):
    (root / "outputs/evaluate/cost.json").unlink()
    with pytest.raises(PipelineError, match="make it with: dvc repro evaluate"):
        measured_figures(root)

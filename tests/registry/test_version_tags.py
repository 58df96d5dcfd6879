"""Tags that follow from the settings of the day."""

import shutil

import mlflow

from pipeline.registry.version_tags import replace_tags


def test_tags_that_no_longer_hold_are_removed_and_others_stay(tmp_path, empty_store):
    shutil.copy(empty_store, tmp_path)
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/mlflow.db")
    client = mlflow.MlflowClient()
    client.create_registered_model("m")
    client.create_model_version("m", str(tmp_path), tags={"gate.loss": "1", "gate.accuracy": "2", "classes": "a, b"})
    replace_tags("m", 1, {"gate.accuracy": "new", "gate.class/日本/recall": "x"}, ("gate.",))
    assert client.get_model_version("m", "1").tags == {
        "gate.accuracy": "new",
        "gate.class/日本/recall": "x",
        "classes": "a, b",
    }

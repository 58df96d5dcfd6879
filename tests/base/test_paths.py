import pytest

from pipeline.base.errors import PipelineError
from pipeline.base.paths import main_root, project_root


@pytest.fixture
def project(tmp_path):
    project = (tmp_path / "pro ject").resolve()
    (project / "conf/data").mkdir(parents=True)
    (project / "dvc.yaml").touch()
    return project


def test_the_root_is_found_from_within(project, monkeypatch):
    assert project_root(project) == project
    assert project_root(project / "conf/data") == project
    monkeypatch.chdir(project / "conf")
    assert project_root() == project


def test_the_nearest_root_wins(project):
    inner = project / "conf/inner"
    (inner / "conf").mkdir(parents=True)
    (inner / "dvc.yaml").touch()
    assert project_root(inner / "conf") == inner


@pytest.mark.parametrize("missing", ["dvc.yaml", "conf"])
def test_it_takes_both_dvc_yaml_and_conf(tmp_path, missing):
    if missing == "conf":
        (tmp_path / "dvc.yaml").touch()
    else:
        (tmp_path / "conf").mkdir()
    with pytest.raises(PipelineError, match="not inside a pipeline project"):
        project_root(tmp_path)


def test_home_is_the_root_but_in_dvcs_copies(project, tmp_path, monkeypatch):
    copy = project / ".dvc/tmp/exps/abc"
    copy.mkdir(parents=True)
    monkeypatch.delenv("DVC_ROOT", raising=False)
    assert main_root(copy) == copy
    monkeypatch.setenv("DVC_ROOT", str(project))
    assert main_root(copy) == project
    assert main_root(tmp_path) == tmp_path
    monkeypatch.setenv("DVC_ROOT", str(tmp_path / "gone"))
    assert main_root(copy) == copy

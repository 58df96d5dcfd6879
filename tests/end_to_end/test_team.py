"""The tour of docs/team.md: its commands, with a real PostgreSQL, an S3 server and an MLflow server with passwords.

The tests run in order and build on each other.
"""

import json
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import mlflow
import pytest
import yaml

from tests.end_to_end.conftest import PATIENCE, Project, copy_project, environment_of_a_user, make_smoke_smaller
from tests.end_to_end.file_contents import contents_below
from tests.end_to_end.team_servers import PAGE, TeamServers, what_is_missing

BLOCKS = re.findall(r"^```bash\n# (\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
STAGES = ("prepare", "train", "evaluate", "register")

pytestmark = pytest.mark.skipif(what_is_missing() is not None, reason=str(what_is_missing()))


class Member:
    """One of the team: a clone, and what is set in their terminal."""

    def __init__(self, name, home, environment):
        self.project = Project(home / "digits")
        self.environment = environment | {"HOME": str(home)}
        self.variables = home / f"{name}.env"
        self.blocks = [block for who, block in BLOCKS if who == name]

    def run_next_block(self):
        """Run the page's next commands of this member, as typed; return the output."""
        return self.type(self.blocks.pop(0))

    def type(self, script):
        login = f". '{self.variables}'\n" if self.variables.exists() else ""
        return self.project.succeed("bash", "-euo", "pipefail", "-c", login + script, **self.environment)


@pytest.fixture(scope="module")
def servers(s3_server):
    import boto3

    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
    boto3.client("s3", endpoint_url=s3_server["AWS_ENDPOINT_URL"], **keys).create_bucket(Bucket="team-bucket")
    # PostgreSQL's user must reach the folder, and its socket's path must be short: not pytest's
    with tempfile.TemporaryDirectory(prefix="team") as folder:
        Path(folder).chmod(0o711)
        servers = TeamServers(Path(folder), environment_of_a_user() | s3_server)
        servers.start()
        yield servers
        servers.stop()


@pytest.fixture(scope="module")
def team(servers, s3_server, tmp_path_factory):
    """Ana with the first clone; the others clone when they join."""
    base = tmp_path_factory.mktemp("team")
    members = {}
    for name in ("ana", "ben", "cleo"):
        (base / name).mkdir()
        if name != "cleo":
            shutil.copy(servers.folder / f"{name}.env", base / name)
        members[name] = Member(name, base / name, s3_server)
    ana = members["ana"].project
    ana.root.mkdir()
    copy_project(ana.root)
    make_smoke_smaller(ana)
    ana.succeed("git", "init", "-q", "--bare", "-b", "main", str(base / "origin.git"))
    ana.succeed("git", "remote", "add", "origin", str(base / "origin.git"))
    return members


def join(team, name):
    ana = team["ana"].project
    ana.succeed("git", "clone", "-q", str(ana.root.parents[1] / "origin.git"), str(team[name].project.root))


@pytest.fixture(scope="module")
def client(servers):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in servers.admin().items():
            patch.setenv(name, value)
        yield mlflow.MlflowClient(servers.address)


def runs(client, *, name="smoke"):
    experiment = client.get_experiment_by_name(name)
    return client.search_runs([experiment.experiment_id]) if experiment else []


def versions(client):
    return client.search_model_versions("name = 'smoke'")


def stages_run(output):
    return [stage for stage in STAGES if f"Running stage '{stage}'" in output]


def test_the_first_member_trains_registers_and_pushes(team, client):
    output = team["ana"].run_next_block()
    assert stages_run(output) == list(STAGES)
    [run], [version] = runs(client), versions(client)
    assert (run.info.status, version.run_id) == ("FINISHED", run.info.run_id)
    assert run.info.artifact_uri.startswith(
        "mlflow-artifacts:"
    )  # by way of the server: members need no key of its bucket
    assert not (team["ana"].project.root / "mlflow.db").exists()


def test_no_password_is_in_the_repository_the_outputs_or_the_store(team, servers, client, tmp_path):
    passwords = json.loads((servers.folder / "passwords.json").read_text()).values()
    root = team["ana"].project.root
    [run] = runs(client)
    client.download_artifacts(run.info.run_id, "", str(tmp_path))
    texts = [run.to_dictionary(), *(dict(version) for version in versions(client))]
    contents = [data for folder in (root / "outputs", root / ".git", tmp_path) for _, data in contents_below(folder)]
    contents += [(root / name).read_bytes() for name in ("params.yaml", "dvc.lock", ".dvc/config")]
    contents += [str(text).encode() for text in texts]
    assert len(contents) > 50
    assert not [data for data in contents if any(password.encode() in data for password in passwords)]


def test_no_password_is_in_a_command_line_and_only_the_owner_reads_the_files(servers):
    passwords = json.loads((servers.folder / "passwords.json").read_text()).values()
    lines = [" ".join(each.cmdline()) for each in servers.processes()]
    assert len(lines) > 4
    assert not [line for line in lines if any(password in line for password in passwords)]
    secret = [servers.folder / name for name in ("passwords.json", "auth.ini", "ana.env", "postgres")]
    assert {oct(file.stat().st_mode & 0o077) for file in secret} == {"0o0"}


def test_a_member_who_joins_runs_nothing_and_sees_the_same_run_and_version(team, client):
    join(team, "ben")
    before = runs(client)[0].to_dictionary()
    output = team["ben"].run_next_block()
    assert stages_run(output) == []
    assert re.search(r"smoke version 1\b", output), output
    assert [run.to_dictionary() for run in runs(client)] == [before]
    assert len(versions(client)) == 1
    assert team["ben"].project.git_status() == []


def test_a_member_without_the_server_gets_the_run_rebuilt_in_their_own_store(team, client):
    join(team, "cleo")
    output = team["cleo"].run_next_block()
    assert stages_run(output) == []
    own = mlflow.MlflowClient(f"sqlite:///{team['cleo'].project.root}/mlflow.db")
    [rebuilt], [version], [original] = runs(own), versions(own), runs(client)
    assert rebuilt.data.tags["rebuilt.from"] == original.info.run_id
    assert version.run_id == rebuilt.info.run_id
    assert version.tags["model.digest"] == versions(client)[0].tags["model.digest"]
    assert team["cleo"].project.git_status() == []


def test_queued_experiments_and_a_search_with_two_workers_run_at_the_same_time(team, client):
    ben, ana = team["ben"], team["ana"]
    ben.run_next_block()
    output = ana.run_next_block()
    assert "2 trials completed" in output
    until = time.monotonic() + PATIENCE
    while re.search("Queued|Running", queue := ben.type("dvc queue status")):
        assert time.monotonic() < until, queue
        time.sleep(2)
    assert queue.count("Success") == 2, queue + ben.type(
        "for task in $(dvc queue status | awk '{print $1}'); do dvc queue logs $task || true; done"
    )
    assert sorted(run.data.params["model.dropout"] for run in runs(client))[-3:-1] == ["0.2", "0.3"]
    assert {run.info.status for run in runs(client)} == {"FINISHED"}
    assert len(versions(client)) == 3
    search = client.search_runs([client.get_experiment_by_name("smoke-search").experiment_id])
    assert sorted(run.data.tags["search.kind"] for run in search) == ["search", "trial", "trial"]
    assert {run.info.status for run in search} == {"FINISHED"}


def test_an_experiment_is_shared_and_applied_without_training(team, client):
    team["ben"].run_next_block()
    output = team["ana"].run_next_block()
    assert stages_run(output) == []
    params = yaml.safe_load((team["ana"].project.root / "params.yaml").read_text())
    assert params["model"]["dropout"] in {0.2, 0.3}
    assert len(versions(client)) == 3


def test_servers_that_are_killed_in_a_training_cost_no_epoch_and_log_none_twice(team, client, servers, tmp_path):
    """A power cut at the server's, database included. The same command completes what it could not send."""
    project, epochs, log = team["ana"].project, 40, tmp_path / "log"
    before = {run.info.run_id for run in runs(client)}
    team["ana"].type(f"python -m pipeline.params experiment=smoke recipe.epochs={epochs}")
    command = ["bash", "-c", f". '{team['ana'].variables}'; dvc repro evaluate"]
    with log.open("wb") as output:
        environment = environment_of_a_user() | team["ana"].environment
        training = subprocess.Popen(command, cwd=project.root, env=environment, stdout=output, stderr=output)
    while "epoch 1/" not in log.read_text():
        assert training.poll() is None, log.read_text()
        time.sleep(0.1)
    servers.kill()
    servers.start()
    if training.wait(PATIENCE):
        assert re.search(r"error: .*MLflow", log.read_text()), log.read_text()
        team["ana"].type("dvc repro evaluate")
    assert "Traceback" not in log.read_text()
    [run] = [run for run in runs(client) if run.info.run_id not in before]
    assert run.info.status == "FINISHED"
    points = client.get_metric_history(run.info.run_id, "train/loss")
    assert sorted(point.step for point in points) == list(range(1, epochs + 1))
    assert "test/accuracy" in run.data.metrics


def test_a_request_without_a_password_or_for_another_host_is_refused(servers):
    address = f"{servers.address}/api/2.0/mlflow/experiments/get?experiment_id=0"
    for options, code in ([], "401"), (["-u", "ana:wrong"], "401"), (["-H", "Host: evil.example.com"], "403"):
        done = subprocess.run(
            ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", *options, address],
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.stdout == code, (options, done.stdout)

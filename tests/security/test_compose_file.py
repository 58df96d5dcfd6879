"""docs/team/compose.yaml: no secret in it, nothing open to a network, and the versions that the tests use."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

FOLDER = Path(__file__).parents[2] / "docs/team"
TEXT = (FOLDER / "compose.yaml").read_text(encoding="utf-8")
EXAMPLE = (FOLDER / "env.example").read_text(encoding="utf-8")
SECRETS = set(re.findall(r"^([A-Z0-9_]+)=", EXAMPLE, re.MULTILINE))


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load(TEXT)["services"]


def test_every_port_is_this_machines_own(services):
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert len(ports) == 2
    assert all(re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port) for port in ports)


def test_secrets_come_from_a_file_that_git_ignores_and_must_be_set(services):
    assert {name for name in SECRETS if f"${{{name}:?" in TEXT} == SECRETS
    assert set(re.findall(r"\$\{([A-Z0-9_]+)", TEXT)) - SECRETS == {"MLFLOW_HOSTS", "MLFLOW_ORIGINS"}
    assert re.findall(r"^[A-Z0-9_]+=(.+)$", EXAMPLE, re.MULTILINE) == []
    ignored = subprocess.run(["git", "check-ignore", "-q", ".env"], cwd=FOLDER, check=False)
    assert ignored.returncode == 0


def test_no_password_is_part_of_an_address(services):
    """Where @, / and % would mean something else."""
    assert not re.search(r"://[^\s/]*\$\{", TEXT)
    assert services["mlflow"]["environment"]["PGPASSWORD"] == "${POSTGRES_PASSWORD}"


def test_images_and_packages_have_versions_and_mlflow_is_the_locks(services):
    images = [service["image"] for service in services.values()]
    images += re.findall(r"^ *FROM (\S+)$", TEXT, re.MULTILINE)
    assert all(re.fullmatch(r"[a-z/-]+:\d[\w.-]+", image) for image in images), images
    lock = (FOLDER.parents[1] / "requirements.txt").read_text(encoding="utf-8")
    for package in ("mlflow", "boto3"):
        assert (
            re.search(rf'"{package}(?:\[\w+\])?==([^"]+)"', TEXT)[1] == re.search(rf"^{package}==(\S+)", lock, re.M)[1]
        )
    assert services["mlflow"]["image"].endswith(re.search(r"^mlflow==(\S+)", lock, re.M)[1])


def test_every_service_has_a_health_check_and_mlflow_waits_for_the_others(services):
    assert all("healthcheck" in service for service in services.values())
    assert {one["condition"] for one in services["mlflow"]["depends_on"].values()} == {"service_healthy"}
    assert set(services["mlflow"]["depends_on"]) == set(services) - {"mlflow"}


def test_docker_compose_accepts_it(tmp_path):
    if (
        not shutil.which("docker")
        or subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode
    ):
        pytest.skip("docker compose is not installed")
    values = "".join(f"{name}=x\n" for name in SECRETS)
    (tmp_path / ".env").write_text(values)
    command = [
        "docker",
        "compose",
        "-f",
        str(FOLDER / "compose.yaml"),
        "--env-file",
        str(tmp_path / ".env"),
        "config",
        "-q",
    ]
    subprocess.run(command, check=True)

"""Which process works on a run; runs whose process is gone are closed, as killed.

A process that is killed leaves its run RUNNING for ever: the next command on the same machine can tell, and says so.
"""

import platform
import uuid
from collections.abc import Mapping

import mlflow
from mlflow.entities import Run, RunTag
from mlflow.exceptions import MlflowException

from pipeline.base.processes.process_identity import machine, process_stamp, runs_still
from pipeline.tracking.server.first_answer import TIMEOUT
from pipeline.tracking.server.mlflow_internals import brief_requests
from pipeline.tracking.server.store_failures import is_outage

HOST, MACHINE, PROCESS = "process.host", "process.machine", "process.id"
TOKEN = "process.token"  # tag of a run that is unique to one attempt to create it
ATTEMPTS = 3


def process_tags() -> dict[str, str]:
    """Return the tags that say which process works on a run."""
    return {HOST: platform.node(), MACHINE: machine(), PROCESS: process_stamp()}


def create_run(client: mlflow.MlflowClient, experiment: str, tags: Mapping[str, str]) -> str:
    """Create a run of this process; return its id. If the answer to a request is lost, there is one run still.

    Args:
        client: of the store.
        experiment: id.
        tags: of the run.

    Raises:
        MlflowException: the store fails.
    """
    token = uuid.uuid4().hex
    for attempt in range(ATTEMPTS):
        try:
            with brief_requests(TIMEOUT):
                run = client.create_run(experiment, tags={**tags, **process_tags(), TOKEN: token})
            return str(run.info.run_id)
        except MlflowException as error:
            if not is_outage(error):
                raise
            found = client.search_runs([experiment], f"tags.`{TOKEN}` = '{token}'", max_results=1)
            if found:
                return str(found[0].info.run_id)
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError


def resume_run(client: mlflow.MlflowClient, run_id: str) -> None:
    """Make a run RUNNING, in this process."""
    client.log_batch(run_id, tags=[RunTag(name, value) for name, value in process_tags().items()])
    client.update_run(run_id, status="RUNNING")


def close_abandoned(client: mlflow.MlflowClient, experiment: str) -> None:
    """End the runs of an experiment whose process, on this machine, is gone: they were killed.

    Args:
        client: of the store.
        experiment: id.
    """
    for run in runs_left_running(client, experiment):
        client.set_terminated(run.info.run_id, "KILLED")


def runs_left_running(client: mlflow.MlflowClient, experiment: str) -> list[Run]:
    """Return the runs of an experiment that are RUNNING and whose process, on this machine, is gone.

    Args:
        client: of the store.
        experiment: id.
    """
    query = f"attributes.status = 'RUNNING' and tags.`{MACHINE}` = '{machine()}'"
    return [run for run in client.search_runs([experiment], query) if is_abandoned(run)]


def is_abandoned(run: Run) -> bool:
    """Return whether the process that worked on a run was on this machine, and is gone."""
    tags = run.data.tags
    return tags.get(MACHINE) == machine() and PROCESS in tags and not runs_still(tags[PROCESS])

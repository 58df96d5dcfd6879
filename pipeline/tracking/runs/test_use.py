"""How often the same test images have been used to evaluate models."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import mlflow
from mlflow.entities import Run, ViewType

from pipeline.base.digests import lines_digest
from pipeline.tracking.metric_names import TEST_ACCURACY

TEST_DIGEST, TESTED_MODEL = "test.digest", "test.model"  # tags of an evaluated run
PAGE = 500  # runs in one answer of the store


@dataclass(frozen=True)
class TestUse:
    """Evaluations on the same test images, in one store.

    Attributes:
        runs: that were evaluated on them.
        models: different ones among these.
    """

    runs: int
    models: int

    def sentence(self, images: int) -> str:
        """Return how often the test images have been used, for people.

        Args:
            images: how many test images there are.
        """
        these = "this test image has" if images == 1 else f"these {images:,} test images have"
        evaluations = "1 evaluation" if self.runs == 1 else f"{self.runs:,} evaluations"
        models = "1 model" if self.models == 1 else f"{self.models:,} models"
        return f"{these} been used by {evaluations} of {models}"


def test_digest(digests: Sequence[str]) -> str:
    """Return what identifies a set of test images: a SHA-256, in hex, of the digests of their contents.

    Order, labels and paths play no part; an image that is there twice counts twice.

    Args:
        digests: of the test images.
    """
    return lines_digest(sorted(digests))


def tag_test_use(run_id: str, digest: str, model_digest: str) -> None:
    """Tag an evaluated run with its test images and its model.

    Args:
        run_id: the training's run.
        digest: of the test images, by `test_digest`.
        model_digest: SHA-256 of the `.keras` file.
    """
    client = mlflow.MlflowClient()
    client.set_tag(run_id, TEST_DIGEST, digest)
    client.set_tag(run_id, TESTED_MODEL, model_digest)


def count_test_uses(digest: str) -> TestUse:
    """Count the runs that were evaluated on these test images, in every experiment of the store.

    An evaluation that is repeated continues the same run and counts once. Runs that were evaluated before this tag
    existed are not counted; deleted runs are, since their figures have been seen.

    Args:
        digest: of the test images, by `test_digest`.
    """
    runs = [run for run in _tagged_runs(digest) if TEST_ACCURACY in run.data.metrics]
    models = {run.data.tags.get(TESTED_MODEL) or run.info.run_id for run in runs}
    return TestUse(len(runs), len(models))


def _tagged_runs(digest: str) -> Iterator[Run]:
    client = mlflow.MlflowClient()
    experiments = [one.experiment_id for one in _every_experiment(client)]
    token: str | None = None
    while experiments:
        page = client.search_runs(
            experiments, f"tags.`{TEST_DIGEST}` = '{digest}'", ViewType.ALL, max_results=PAGE, page_token=token
        )
        yield from page
        token = page.token
        if not token:
            return


def _every_experiment(client: mlflow.MlflowClient) -> Iterator[mlflow.entities.Experiment]:
    token: str | None = None
    while True:
        page = client.search_experiments(ViewType.ALL, max_results=PAGE, page_token=token)
        yield from page
        token = page.token
        if not token:
            return

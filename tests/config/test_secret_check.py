"""Settings with a secret are refused before anything is written."""

import pytest

from pipeline.base.errors import PipelineError
from pipeline.config.compose import compose

SECRET = "s3cret"


@pytest.mark.parametrize(
    ("override", "advice"),
    [
        ("tracking.uri='http://ann:s3cret@host:5000'", "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"),
        ("tracking.uri='postgresql://ann:s3cret@host/runs'", "PGPASSWORD"),
        ("tracking.uri='https://host/?token=s3cret'", "MLFLOW_TRACKING_TOKEN"),
        ("data.path='s3://key:s3cret@bucket/photos'", "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
        ("data.path='https://host/photos.zip?X-Amz-Signature=s3cret'", "download the file"),
        ("tracking.uri=['http://ann:s3cret@host']", "MLFLOW_TRACKING_PASSWORD"),
    ],
)
def test_a_secret_is_refused_with_the_variables_to_set(root, override, advice):
    with pytest.raises(PipelineError) as refused:
        compose(root, [override])
    assert override.partition("=")[0] in str(refused.value)
    assert advice in str(refused.value)
    assert SECRET not in str(refused.value)

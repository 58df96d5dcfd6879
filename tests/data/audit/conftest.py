"""The audit of listings in memory."""

import pytest

from pipeline.config.schema.audit_schema import AuditConfig, AuditLimits
from pipeline.data.sources.listing import Listing
from pipeline.data.survey import Survey


@pytest.fixture
def audited(tmp_path):
    """Return what audits records; settings are those of `data.audit`, limits apart."""

    def audited(records, left_out=(), limits=None, **actions):
        config = AuditConfig(**{"small_class": "ignore", **actions}, limits=AuditLimits(**(limits or {})))
        classes = sorted({one.label for one in records})
        survey = Survey(Listing(list(records), classes, list(left_out)), config, None, tmp_path)
        assert len(list(survey.images())) == len(records)
        audit = survey.audit()
        assert not list(tmp_path.iterdir())
        return audit

    return audited


@pytest.fixture
def verdicts(audited):
    """Return what audits records and gives the verdict of each path."""

    def verdicts(records, **settings):
        manifest = audited(records, **settings).manifest
        return dict(zip(manifest["path"], manifest["verdict"], strict=True))

    return verdicts

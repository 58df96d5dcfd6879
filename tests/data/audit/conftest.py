"""The audit of listings in memory."""

import pytest

from pipeline.config.schema.audit_schema import AuditConfig, AuditLimits
from pipeline.data.sources.listing import Listing
from pipeline.data.survey import audit_listing


@pytest.fixture
def audited():
    """Return what audits records; settings are those of `data.audit`, limits apart."""

    def audited(records, left_out=(), limits=None, **actions):
        config = AuditConfig(**{"small_class": "ignore", **actions}, limits=AuditLimits(**(limits or {})))
        classes = sorted({one.label for one in records})
        return audit_listing(Listing(list(records), classes, list(left_out)), config)

    return audited


@pytest.fixture
def verdicts(audited):
    """Return what audits records and gives the verdict of each path."""

    def verdicts(records, **settings):
        manifest = audited(records, **settings).manifest
        return dict(zip(manifest["path"], manifest["verdict"], strict=True))

    return verdicts

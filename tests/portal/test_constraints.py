"""What the database refuses of the ground's own tables: each constraint, broken once."""

import pytest
from django.db.models import ProtectedError

from tests.constraints import constraint_names, refused
from tests.factories import (
    AuditRecordFactory,
    IdempotencyKeyFactory,
    ThrottleBucketFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def audit_of_unknown_channel():
    AuditRecordFactory(channel="PHONE")


def audit_of_nothing():
    AuditRecordFactory(action="")


def key_twice():
    key = IdempotencyKeyFactory()
    IdempotencyKeyFactory(caller=key.caller, fingerprint="1" * 64)


def bucket_twice():
    ThrottleBucketFactory()
    ThrottleBucketFactory()


BROKEN = [
    ("portal_auditrecord_channel_known", "portal_auditrecord", audit_of_unknown_channel),
    ("portal_auditrecord_action_present", "portal_auditrecord", audit_of_nothing),
    ("portal_idempotencykey_once", "portal_idempotencykey", key_twice),
    ("portal_throttlebucket_once", "portal_throttlebucket", bucket_twice),
]


@pytest.mark.parametrize(("name", "table", "write"), BROKEN)
def test_row_written_past_the_services_is_refused(name, table, write):
    with refused(name, table=table):
        write()


def test_every_constraint_of_the_app_is_broken_above():
    assert {name for name, _table, _write in BROKEN} == constraint_names("portal")


@pytest.mark.parametrize(
    "pointing",
    [lambda user: AuditRecordFactory(actor=user), lambda user: IdempotencyKeyFactory(caller=user)],
)
def test_account_that_left_a_trace_cannot_be_deleted(pointing):
    user = UserFactory()
    pointing(user)

    with pytest.raises(ProtectedError):
        user.delete()

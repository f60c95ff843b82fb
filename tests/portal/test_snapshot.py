"""Reading a live database as it was at one instant."""

from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from django.db import connection, transaction

from partners.models import Partner
from portal.snapshot import one_snapshot
from tests.factories import PartnerFactory

pytestmark = pytest.mark.django_db(transaction=True)


def commit_a_partner():
    """Write a partner in a connection of its own."""
    try:
        PartnerFactory()
    finally:
        connection.close()


def test_snapshot_does_not_see_what_others_commit_meanwhile():
    with ThreadPoolExecutor(max_workers=1) as pool:
        with one_snapshot():
            before = Partner.objects.count()
            commit = pool.submit(commit_a_partner)
            # PostgreSQL lets it happen now, SQLite only after the block.
            wait([commit], timeout=1)
            during = Partner.objects.count()
        commit.result(timeout=30)

    assert (before, during, Partner.objects.count()) == (0, 0, 1)


def test_snapshot_inside_a_transaction_is_that_transaction():
    with transaction.atomic():
        PartnerFactory()
        with one_snapshot():
            seen = Partner.objects.count()

    assert seen == 1

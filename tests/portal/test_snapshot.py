"""Reading a live database as it was at one instant."""

from collections.abc import Iterator
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


@pytest.fixture
def _write_ahead_log(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let SQLite write ahead, also where this release of it is too old for that in production."""
    if connection.vendor != "sqlite":
        yield
        return
    options = connection.settings_dict["OPTIONS"]
    usual = options["init_command"]
    ahead = usual.replace("journal_mode=DELETE", "journal_mode=WAL")
    monkeypatch.setitem(options, "init_command", ahead)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode=WAL")
    yield
    with connection.cursor() as cursor:
        cursor.execute(usual.partition(";")[0])


def test_snapshot_does_not_see_what_others_commit_meanwhile():
    with ThreadPoolExecutor(max_workers=1) as pool:
        with one_snapshot():
            before = Partner.objects.count()
            commit = pool.submit(commit_a_partner)
            # SQLite without the log lets it happen only after the block.
            wait([commit], timeout=1)
            during = Partner.objects.count()
        commit.result(timeout=30)

    assert (before, during, Partner.objects.count()) == (0, 0, 1)


@pytest.mark.usefixtures("_write_ahead_log")
def test_snapshot_stops_no_writer():
    with ThreadPoolExecutor(max_workers=1) as pool, one_snapshot():
        before = Partner.objects.count()
        pool.submit(commit_a_partner).result(timeout=10)
        during = Partner.objects.count()

    assert (before, during, Partner.objects.count()) == (0, 0, 1)
    with transaction.atomic():
        PartnerFactory()


def test_snapshot_inside_a_transaction_is_that_transaction():
    with transaction.atomic():
        PartnerFactory()
        with one_snapshot():
            seen = Partner.objects.count()

    assert seen == 1

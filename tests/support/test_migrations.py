"""What the migrations make of requests that were installed before them."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from support.models import SupportRequest
from tests.factories import USED_AT, SupportRequestFactory

pytestmark = pytest.mark.django_db(transaction=True)


def migrate(*, back_to: str | None = None) -> None:
    """Migrate the app back to the migration of this name, or all apps to their newest."""
    executor = MigrationExecutor(connection)
    newest = executor.loader.graph.leaf_nodes()
    executor.migrate([("support", back_to)] if back_to else newest)


@pytest.fixture
def _put_back() -> Iterator[None]:
    """Leave the newest schema behind, whatever happens."""
    yield
    migrate()


@pytest.mark.usefixtures("_put_back")
def test_installed_requests_say_when_their_state_changed_and_why_they_were_closed():
    opened = SupportRequestFactory()
    closed = SupportRequestFactory(closed=True, close_reason="DUPLICATE")
    migrate(back_to="0001_initial")

    migrate()

    life = ("pk", "state", "state_changed_at", "ended_at", "closed_at", "closed_by", "close_reason")
    assert list(SupportRequest.objects.order_by("pk").values_list(*life)) == [
        (opened.pk, "OPEN", USED_AT, None, None, None, None),
        (closed.pk, "CLOSED", USED_AT, USED_AT, USED_AT, closed.author_id, "SOLVED_BY_PARTNER"),
    ]

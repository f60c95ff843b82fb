"""The demo world, loaded once for each module of tests, with the clock fixed."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _fixed_clock(settings: Any) -> None:
    """Let the rules see the moment at which the tests take place."""
    settings.PORTAL_NOW = NOW


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[datetime]:
    """
    Load the demo world, for all tests of the module, as at `NOW`.

    It stands in a transaction of its own, and each test in a savepoint inside: what a test changes
    is gone after it, and the world after the module.
    """
    # The models can be imported only after Django's set-up, which comes after this file.
    from partnercenter.demo import world as demo  # noqa: PLC0415

    with ExitStack() as around:
        with django_db_blocker.unblock():
            around.enter_context(transaction.atomic())
            demo.load(at=NOW)
        yield NOW
        with django_db_blocker.unblock():
            transaction.set_rollback(True)
            around.close()

"""The surroundings of every test: environment, quick settings, the clock, the database's guards."""

import gc
import os
from collections.abc import Iterator
from datetime import UTC, datetime

import hypothesis
import pytest
from django.conf import settings
from django.db import connection
from django.template import Template
from django.test import TransactionTestCase
from django.test.utils import instrumented_test_render  # type: ignore[attr-defined]
from django.utils import translation

from scripts import messages
from scripts.checks import TEST_ENVIRONMENT
from tests.world.fixtures import django_db_setup, templates

__all__ = ["django_db_setup", "templates"]

# For a plain `pytest`; scripts/test.py sets the same. Before anything reads the settings.
for name, value in TEST_ENVIRONMENT.items():
    os.environ.setdefault(name, value)

# As it is outside of tests.
RENDER = Template._render  # type: ignore[attr-defined]

# By these a test comes to a database; what has neither them nor the mark has none.
ASKING = frozenset(("db", "transactional_db", "django_db_setup", "demo_worlds"))

# No deadline: on a busy machine it measures the neighbours, not the code.
hypothesis.settings.register_profile("portal", deadline=None, print_blob=True)
hypothesis.settings.load_profile("portal")

# Looking for cycles as often as Python does would take an eighth of the tests' time.
gc.set_threshold(50_000, 20, 20)


def pytest_collection_finish() -> None:
    """Leave what is loaded by now to the end: looking through it finds nothing to throw away."""
    gc.collect()
    gc.freeze()


def pytest_configure() -> None:
    """Compile translations; make the settings quick: nothing a test asserts depends on these."""
    messages.compile_changed()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    # Static files are served from where they stand; nothing has to be collected first.
    settings.WHITENOISE_AUTOREFRESH = True
    settings.WHITENOISE_USE_FINDERS = True


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, leave out the tests that ask for no database: SQLite's part has run them."""
    if settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
        return
    without = [item for item in items if not _asks_for_database(item)]
    if without:
        config.hook.pytest_deselected(items=without)
        items[:] = [item for item in items if _asks_for_database(item)]


def _asks_for_database(item: pytest.Item) -> bool:
    """Whether the test has a database by its mark or by a fixture."""
    fixtures: list[str] = getattr(item, "fixturenames", [])
    return item.get_closest_marker("django_db") is not None or not ASKING.isdisjoint(fixtures)


@pytest.fixture
def now() -> datetime:
    """Return the moment at which the tests take place."""
    return datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _speak_english() -> Iterator[None]:
    """Let no test hear the language that a request before it was answered in."""
    with translation.override("en"):
        yield


@pytest.fixture(scope="session", autouse=True)
def _render_unwatched(django_test_environment: None) -> Iterator[None]:
    """
    Keep nothing of what templates rendered: of a long page that takes as long as rendering it.

    `watched_templates` is for tests that read an answer's context.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", RENDER)
        yield


@pytest.fixture
def watched_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let answers tell which templates rendered them, and with which context."""
    monkeypatch.setattr(Template, "_render", instrumented_test_render)


@pytest.fixture(scope="session", autouse=True)
def _flush_past_the_guards() -> Iterator[None]:
    """
    Let the flush after a test with real transactions empty the append-only tables too.

    Their triggers refuse it, so they are taken off for the flush and put back right after it.
    """
    flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def flush_unguarded(test_case: TransactionTestCase) -> None:
        # The models can be imported only after Django's set-up, which comes after this file.
        from portal import append_only  # noqa: PLC0415

        histories = append_only.guarded_models()
        for model in histories:
            append_only.remove(connection, model)
        try:
            flush(test_case)
        finally:
            for model in histories:
                append_only.install(connection, model)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", flush_unguarded)
        yield

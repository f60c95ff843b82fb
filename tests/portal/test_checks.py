"""What `check --deploy` says of mail and of SQLite."""

import pytest

from portal import checks

POSTGRESQL = {"default": {"ENGINE": "django.db.backends.postgresql"}}
SQLITE = {"default": {"ENGINE": "django.db.backends.sqlite3"}}


@pytest.mark.parametrize(("host", "found"), [("", ["portal.W001"]), ("mail.example.org", [])])
def test_installation_without_mail_is_told_so(settings, host, found):
    settings.EMAIL_HOST = host

    assert [message.id for message in checks.check_mail(None)] == found


@pytest.mark.parametrize(("databases", "found"), [(SQLITE, ["portal.W002"]), (POSTGRESQL, [])])
def test_installation_on_sqlite_is_told_that_it_is_for_one_machine(databases, found):
    assert [message.id for message in checks.one_host_warnings(databases)] == found

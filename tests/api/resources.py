"""What the tests of the resources share: callers of the demo world, and their answers in short."""

from datetime import datetime
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.dateparse import parse_datetime

from benefits.models import Contract
from partners.models import ApiClient, User
from partners.scopes import PARTNER_SCOPES, STAFF_SCOPES
from tests.api.calls import Caller, client_caller, session_caller, staff_caller
from tests.factories import LinkFactory
from tests.pages.visits import account, partner

LEASES = "portal_callwindow"
TRANSACTION_CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


def client_at(mpn_id: str, *scopes: str) -> Caller:
    """Return a fresh client of a demo partner, with these scopes or all that it may have."""
    return client_caller(partner(mpn_id), scopes=scopes or PARTNER_SCOPES)


def staff_client(kind: str = "SUPPORT_AGENT") -> Caller:
    """Return a fresh client of the staff, with all scopes that it may have."""
    return staff_caller(scopes=STAFF_SCOPES, staff_kind=kind)


def browser_of(email: str | None) -> Caller:
    """Return the signed-in browser of the account with this address."""
    assert email is not None
    return session_caller(account(email))


def linked_client(mpn_id: str, contract: Contract, **link: Any) -> Caller:
    """Return a fresh client of a demo partner that has linked the contract by its pair."""
    caller = client_at(mpn_id)
    LinkFactory(user=user_of(caller), contract=contract, **link)
    return caller


def registered(caller: Caller) -> ApiClient:
    """Return the registration of a client."""
    assert caller.client is not None
    return caller.client


def user_of(caller: Caller) -> User:
    """Return the CLIENT user of a client."""
    return registered(caller).user


def answered(response: Any, status: int = 200) -> Any:
    """Return the body of an answer that has this status."""
    assert response.status_code == status, f"{response.status_code}: {response.content[:500]}"
    return response.json()


def refused(response: Any) -> tuple[int, str]:
    """Return status and code of a refusal."""
    return response.status_code, response.json()["code"]


def everything(caller: Caller, path: str, **query: Any) -> list[Any]:
    """Return the items of all pages of a collection."""
    page = answered(caller.get(path, **query))
    items = list(page["items"])
    while page["links"]["next"]:
        page = answered(caller.get(page["links"]["next"]["uri"]))
        items += page["items"]
    return items


def ids(items: list[Any]) -> list[str]:
    """Return the ids of what was answered, in its order."""
    return [item["id"] for item in items]


def instant(moment: datetime) -> str:
    """Return an instant as the API writes it."""
    return moment.isoformat().replace("+00:00", "Z")


def moment_of(written: str) -> datetime:
    """Return the instant that the API wrote."""
    found = parse_datetime(written)
    assert found is not None
    return found


def statements(act: Any) -> list[str]:
    """
    Return the SQL that the act takes, without transaction control, and without the leases of the
    rate limit: when the next one is due, the real time decides.
    """
    with CaptureQueriesContext(connection) as captured:
        act()
    queries = [str(query["sql"]) for query in captured.captured_queries]
    return [sql for sql in queries if not sql.startswith(TRANSACTION_CONTROL) and LEASES not in sql]

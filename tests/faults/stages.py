"""Setting the scene in a world; called inside a process of the portal, through its services."""

import random
import uuid
from datetime import timedelta
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction

from benefits import ids
from benefits.allotments import Scope
from benefits.models import IssuedId, LedgerEntry, Link, Plan
from benefits.services.activation import activate_package
from partnercenter.demo import accounts
from partnercenter.demo.use import use_incidents
from partners.models import Partner, User
from partners.scopes import STAFF_SCOPES
from portal import clock
from support import drafts
from tests.api.calls import client_caller, staff_caller
from tests.sessions import session_of


def sessions(*, emails: list[str]) -> list[str]:
    """Sign these accounts in; return the values of their session cookies."""
    return [session_of(User.objects.get(email=email)) for email in emails]


@transaction.atomic
def copy_draft(*, of: str, to: list[str], times: int = 1) -> list[list[str]]:
    """
    Let these sessions have the only draft of another one, so many times, as if each had walked
    there itself; return the ids of the copies in each.
    """
    (written,) = SessionStore(of)[drafts.SESSION_KEY].values()
    return [_keep_drafts(session, written, times=times) for session in to]


def _keep_drafts(session: str, written: dict[str, Any], *, times: int) -> list[str]:
    store = SessionStore(session)
    store[drafts.SESSION_KEY] = {str(uuid.uuid4()): written for _ in range(times)}
    store.save()
    return list(store[drafts.SESSION_KEY])


@transaction.atomic
def last_incident(*, clients: int) -> dict[str, Any]:
    """
    Leave one incident on Fabrikam's on-premises plan, and link it to many signed-in accounts.

    They are personal accounts of people who were all given the pair.
    """
    plan = _leave_incidents(1)
    now = clock.now()
    people = [
        User.objects.create(
            email=f"person{number}@outlook.example",
            name=f"Person {number}",
            kind=User.Kind.PERSONAL,
            password="!",  # what nobody can sign in with
        )
        for number in range(clients)
    ]
    Link.objects.bulk_create(
        Link(
            user=user,
            contract=plan.package.contract,
            method=Link.Method.PAIR,
            linked_at=now,
        )
        for user in people
    )
    return {"plan": str(plan.public_id), "sessions": [session_of(user) for user in people]}


@transaction.atomic
def last_incidents_of_clients(*, left: int, clients: int) -> dict[str, Any]:
    """Leave so many incidents on Fabrikam's on-premises plan, and give Fabrikam API clients."""
    plan = _leave_incidents(left)
    return {
        "plan": str(plan.public_id),
        "tokens": tokens(mpn_ids=[accounts.FABRIKAM] * clients),
    }


@transaction.atomic
def tokens(*, mpn_ids: list[str]) -> list[str]:
    """Return an access token of a fresh API client for each of these partners."""
    found = Partner.objects.in_bulk(mpn_ids, field_name="mpn_id")
    return [client_caller(found[mpn_id]).token for mpn_id in mpn_ids]


@transaction.atomic
def feed_scene(*, writers: int) -> dict[str, Any]:
    """
    Return the token of a client that reads the whole feed, and clients with plans to write with.

    The plans are never used up. They are two, of two partners: writers of one plan wait for each
    other, those of two don't.
    """
    contoso = _plan(accounts.CONTOSO, Scope.CLOUD)
    admin = User.objects.get(email="admin@contoso.example")
    activate_package(package_id=contoso.package.public_id, by=admin, at=clock.now())
    tailspin = _plan(accounts.TAILSPIN, Scope.CLOUD)
    places = [(accounts.CONTOSO, contoso), (accounts.TAILSPIN, tailspin)] * (writers // 2)
    issued = tokens(mpn_ids=[mpn_id for mpn_id, _plan in places])
    return {
        "reader": staff_caller(scopes=STAFF_SCOPES).token,
        "writers": [
            {"token": token, "plan": str(plan.public_id)}
            for token, (_mpn_id, plan) in zip(issued, places, strict=True)
        ],
    }


def plan_id(*, mpn_id: str, scope: str) -> str:
    """Return the public id of the partner's plan."""
    return str(_plan(mpn_id, Scope(scope)).public_id)


def package_of(*, plan: str) -> dict[str, Any]:
    """Return what activation has made of the plan's package."""
    package = Plan.objects.get(public_id=plan).package
    pairs = IssuedId.objects.filter(contract__package=package, replaced_at__isnull=True)
    grants = LedgerEntry.objects.filter(plan__package=package, kind=LedgerEntry.Kind.GRANT)
    return {
        "ids": sorted(pairs.values_list("kind", flat=True)),
        "grants": sorted(
            grants.filter(plan__unit="INCIDENT").values_list("plan__benefit", "quantity")
        ),
    }


def pairs_never_issued(*, count: int) -> list[tuple[str, str]]:
    """Return well-formed pairs of numbers that nobody was given."""
    issued = set(IssuedId.objects.values_list("number", flat=True))
    fresh = (number for number in iter(ids.draw, None) if number not in issued)
    return [(str(next(fresh)), str(next(fresh))) for _ in range(count)]


def drop_constraints() -> None:
    """Take the constraints off plans and ledger: for the control, which must be able to fail."""
    with connection.schema_editor() as editor:
        for model in (Plan, LedgerEntry):
            while model._meta.constraints:
                # SQLite builds the table anew with the constraints that the model still has.
                dropped, *model._meta.constraints = model._meta.constraints
                editor.remove_constraint(model, dropped)


def _leave_incidents(left: int) -> Plan:
    """Use up Fabrikam's on-premises plan but for so many incidents."""
    plan = _plan(accounts.FABRIKAM, Scope.ON_PREMISES)
    assert plan.remaining is not None
    now = clock.now()
    use_incidents(
        plan=plan,
        by=User.objects.get(email="multi@contoso.example"),
        times=plan.remaining - left,
        since=now - timedelta(days=1),
        until=now,
        today=now,
        chance=random.Random(2021),
    )
    return plan


def _plan(mpn_id: str, scope: Scope) -> Plan:
    return Plan.objects.get(package__membership__partner__mpn_id=mpn_id, scope=scope)

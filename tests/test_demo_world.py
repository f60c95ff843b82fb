"""The demo world: a partner in every state, and the accounts to see it by."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.db.models import F

from benefits import entitlements
from benefits.models import LedgerEntry, Link, Plan
from partnercenter.demo import accounts
from partnercenter.demo import world as demo
from partners.models import Affiliation, ApiClient, Partner, User
from partners.scopes import PARTNER_SCOPES
from portal.models import AuditRecord
from support.models import SupportRequest
from support.verification import differences
from tests.world.loaded import NOW, world

__all__ = ["world"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

# Partner: status, remaining and total of its incident plans, on-premises before cloud.
STATES: dict[str, list[tuple[str, int | None, int | None]]] = {
    "Contoso": [("NOT_ACTIVATED", None, 20), ("NOT_ACTIVATED", None, None)],
    "Fabrikam": [("ACTIVE", 17, 20), ("ACTIVE", 6, 10)],
    "Northwind Traders": [("ACTIVE", 3, 15), ("ACTIVE", 1, 5)],
    "Tailspin Toys": [("ACTIVE", 14, 15), ("ACTIVE", None, None)],
    "A. Datum": [("ACTIVE", 8, 10)],
    "Wingtip Toys": [("ACTIVE", 10, 10), ("ACTIVE", 12, 15), ("ACTIVE", 5, 5)],
    "Litware": [],
    "Proseware": [],
    "Coho Winery": [("EXPIRED", 0, 20), ("EXPIRED", 0, 10)],
    "Margie's Travel": [("ACTIVE", 11, 20), ("ACTIVE", 7, 10)],
    "Fourth Coffee": [("EXHAUSTED", 0, 20), ("EXHAUSTED", 0, 10)],
    "Alpine Ski House": [("PENDING", None, 20), ("PENDING", None, 10)],
    "Lucerne Publishing": [("SCHEDULED", None, 15), ("SCHEDULED", None, 5)],
}
STAFF = {
    "staff@portal.example": "SUPPORT_AGENT",
    "manager@portal.example": "BENEFITS_MANAGER",
    "auditor@portal.example": "AUDITOR",
    "root@portal.example": "ADMINISTRATOR",
}


def state_of(partner, *, at):
    """Return status, remaining and total of the partner's incident plans."""
    plans = Plan.objects.held_by(partner).that_count_incidents()
    return [
        (e.status.value, e.remaining, e.total) for e in entitlements.read(plans, user=None, at=at)
    ]


def test_world_shows_every_state():
    found = {p.name: state_of(p, at=NOW) for p in Partner.objects.order_by("pk")}

    assert found == STATES


def test_world_has_no_differences():
    assert list(differences()) == []


def people():
    """Return the accounts that somebody signs in with."""
    return User.objects.exclude(kind=User.Kind.CLIENT)


def test_world_has_the_accounts_that_it_lists():
    listed = {account.email for account in accounts.listed_accounts()}
    written = dict(people().values_list("email", "staff_kind"))
    assert listed <= set(written)
    assert {email: kind for email, kind in written.items() if kind} == STAFF
    assert User.objects.get(email="pat@outlook.example").kind == User.Kind.PERSONAL


def test_world_lets_everybody_in_with_one_password():
    assert {user.check_password(accounts.PASSWORD) for user in people()} == {True}


def test_world_links_every_activated_package_to_its_admin():
    admins = set(
        Link.objects.in_force()
        .filter(user__affiliations__role_assignments__role="GLOBAL_ADMIN")
        .values_list("user__affiliations__partner__name", flat=True)
    )
    activated = {
        name
        for name, states in STATES.items()
        if states and states[0][0] in ("ACTIVE", "EXHAUSTED", "EXPIRED")
    }
    assert admins == activated


def test_world_tells_its_story_in_the_past():
    assert LedgerEntry.objects.filter(occurred_at__gt=NOW).count() == 0
    assert SupportRequest.objects.filter(opened_at__gt=NOW).count() == 0
    assert SupportRequest.objects.filter(state_changed_at__gt=NOW).count() == 0
    paid = SupportRequest.objects.filter(kind="TECHNICAL", plan__isnull=False)
    incidents = LedgerEntry.objects.filter(kind="CONSUME", plan__unit="INCIDENT")
    assert paid.count() == incidents.count()


def test_world_uses_the_cloud_portals_and_asks_about_a_bill():
    portals = ("SUPPORT_FOR_BUSINESS", "PARTNER_CENTER")
    in_portals = SupportRequest.objects.exclude(portal__in=portals)

    assert {"AZURE", "MICROSOFT_365"} <= set(in_portals.values_list("portal", flat=True))
    assert {request.plan.scope for request in in_portals if request.plan} == {"CLOUD"}
    (bill,) = in_portals.exclude(kind="TECHNICAL")
    assert (bill.kind, bill.portal, bill.author.email) == (
        "BILLING",
        "AZURE",
        "user@fabrikam.example",
    )


def test_world_asks_for_advice_of_which_the_hours_are_deducted_and_before_a_sale():
    asked = SupportRequest.objects.filter(portal="PARTNER_CENTER").order_by("opened_at")

    told = asked.values_list("kind", "state", "plan__package__partner__name", "plan__remaining")
    assert list(told) == [
        ("ADVISORY", "OPEN", "Fabrikam", 44),
        ("PRESALES", "OPEN", "Wingtip Toys", 20),
    ]


def test_world_closes_older_requests_by_their_authors_some_time_after_opening():
    older = SupportRequest.objects.filter(opened_at__lt=NOW - timedelta(days=21))
    newer = SupportRequest.objects.filter(opened_at__gte=NOW - timedelta(days=21))
    by_author = older.filter(closed_by=F("author"), closed_at__gt=F("opened_at"))

    recorded = AuditRecord.objects.filter(action="support.close_request").count()
    assert by_author.count() == older.count() == recorded > 0
    assert set(older.values_list("close_reason", flat=True)) == {"SOLVED_BY_PARTNER"}
    assert set(newer.values_list("state", flat=True)) == {"OPEN"}


def test_world_has_an_account_that_may_switch_and_one_of_csp_only():
    multi = Affiliation.objects.filter(user__email="multi@contoso.example")
    csp_only = Affiliation.objects.get(user__email="csponly@contoso.example")
    assert sorted(multi.values_list("partner__name", flat=True)) == ["Contoso", "Fabrikam"]
    assert (csp_only.mpn, csp_only.csp) == (False, True)


def test_world_has_a_client_of_two_partners_and_one_of_staff():
    found = {
        client.client_id: (
            client.partner and client.partner.name,
            client.user.staff_kind,
            client.scopes,
            check_password(f"{client.client_id}-secret", client.client_secret),
        )
        for client in ApiClient.objects.select_related("partner", "user")
    }

    of_staff = ["entitlements.read", "requests.read", "events.read", "staff"]
    assert found == {
        "demo-contoso": ("Contoso", None, list(PARTNER_SCOPES), True),
        "demo-fabrikam": ("Fabrikam", None, list(PARTNER_SCOPES), True),
        "demo-staff": (None, "AUDITOR", of_staff, True),
    }


def test_world_loaded_again_has_the_same_clients():
    before = list(ApiClient.objects.order_by("pk").values())

    assert demo.load(at=NOW) is False
    assert list(ApiClient.objects.order_by("pk").values()) == before

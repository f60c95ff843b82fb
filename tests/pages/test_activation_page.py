"""Activate: who may, what it brings, and what a refused attempt leaves behind."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from benefits.models import Contract, Plan
from partnercenter.demo.accounts import CONTOSO, FABRIKAM, SCHEDULED
from partners.models import User
from portal.models import AuditRecord
from tests.pages.shown import on_benefits_page
from tests.pages.states import CLOUD
from tests.pages.visits import (
    account,
    admin_of,
    alerts,
    changed_since,
    client_of,
    contract,
    grouped,
    main_of,
    numbers,
    page_of,
    plan,
)
from tests.stories import admin_of as new_admin_of
from tests.stories import member, row_counts
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

ANA = "admin@contoso.example"
LI = "mpnadmin@contoso.example"


def activate(who: User | str, of: Plan, *, follow: bool = False) -> Any:
    """Press Activate on the plan's row."""
    url = reverse("benefits:activate", args=[of.public_id])
    return client_of(who).post(url, follow=follow)


@pytest.mark.parametrize("who", [ANA, LI])
def test_activate_by_an_admin_issues_the_ids_and_shows_them(who: str):
    response = activate(who, plan(CONTOSO), follow=True)

    page = page_of(response)
    access_id, _contract_id = numbers(contract(CONTOSO))
    assert response.redirect_chain == [
        (f"{reverse('benefits:plan', args=[plan(CONTOSO).public_id])}#ids", 302)
    ]
    assert alerts(page) == ["Your benefits are active. Here are your IDs."]
    assert page.one(id="access-id").text == grouped(access_id)
    assert on_benefits_page(page, plan(CONTOSO)).badges == ("Active",)


def test_activate_on_one_row_activates_the_whole_package():
    activate(ANA, plan(CONTOSO, CLOUD))

    states = Plan.objects.filter(package=plan(CONTOSO).package).order_by("pk")
    assert list(states.values_list("remaining", "last_number")) == [(20, 1), (None, 0), (50, 1)]


def test_activate_twice_keeps_the_first_contract_and_is_no_error():
    first = activate(ANA, plan(CONTOSO))
    issued = numbers(contract(CONTOSO))

    second = activate(LI, plan(CONTOSO))

    assert (second.status_code, second.url) == (302, first.url)
    assert numbers(contract(CONTOSO)) == issued
    assert Contract.objects.filter(package=plan(CONTOSO).package).count() == 1


def test_activate_is_followed_by_what_to_do_next_without_the_ids():
    page = page_of(activate(ANA, plan(CONTOSO), follow=True))

    team = page.one(id="tell-your-team").text

    assert page.has("form", action=reverse("benefits:link", args=[plan(CONTOSO).public_id]))
    assert team.startswith("The support benefits of Contoso are active until 20 October 2027.")
    assert not any(number in team.replace(" ", "") for number in numbers(contract(CONTOSO)))


@pytest.mark.parametrize("who", ["user@contoso.example", "agent@contoso.example"])
def test_activate_without_the_role_is_refused_with_the_names_of_those_who_can(who: str):
    before = row_counts()

    response = activate(who, plan(CONTOSO))

    main = main_of(page_of(response))
    assert response.status_code == 403
    assert main.one("h1").text == "You are not authorized for this action"
    assert main.one(cls="next-step").text == "Ask somebody who can do it: Ana Berg or Li Wei"
    assert changed_since(before) == {"portal.AuditRecord": 1}


def test_activate_without_the_role_leaves_a_record_of_the_attempt():
    activate("user@contoso.example", plan(CONTOSO))

    record = AuditRecord.objects.latest("pk")

    assert (record.action, record.refusal_code) == ("benefits.activate_package", "not_authorized")
    assert record.actor == account("user@contoso.example")
    assert record.partner_mpn_id == CONTOSO
    package = plan(CONTOSO).package
    assert (record.target_kind, record.target_id) == ("package", str(package.public_id))
    assert (record.occurred_at, record.channel) == (NOW, "PAGE")


def test_activate_by_an_account_of_csp_only_is_refused_with_the_mpn_admins():
    response = activate("csponly@contoso.example", plan(CONTOSO))

    main = main_of(page_of(response))
    assert response.status_code == 403
    assert main.one(cls="next-step").text == (
        "This account is associated with CSP only. You need an account associated with MPN. "
        "Ana Berg or Li Wei"
    )
    assert not Contract.objects.filter(package=plan(CONTOSO).package).exists()


def test_activate_before_the_membership_starts_is_refused_with_the_day():
    response = activate(admin_of(SCHEDULED), plan(SCHEDULED))

    main = main_of(page_of(response))
    assert response.status_code == 409
    assert main.one("h1").text == "This benefit starts on 30 November 2026."
    assert main.one(cls="next-step").text == "It can be activated from that day on."
    assert AuditRecord.objects.latest("pk").refusal_code == "benefit_not_started"


def test_activate_after_the_last_day_is_refused_with_the_day():
    membership = member(starts_on=date(2025, 10, 1))
    of = Plan.objects.get(package=membership.package, scope="CLOUD")

    response = activate(new_admin_of(membership.partner), of)

    main = main_of(page_of(response))
    assert response.status_code == 409
    assert main.one("h1").text == (
        "This offer ended on 30 October 2026 and can no longer be activated."
    )
    assert not Contract.objects.filter(package=membership.package).exists()


def test_activate_with_a_delay_hides_the_ids_until_the_contract_starts(settings: Any):
    settings.ACTIVATION_DELAY = timedelta(days=3)

    page = page_of(activate(ANA, plan(CONTOSO), follow=True))

    shown = on_benefits_page(page, plan(CONTOSO))
    assert alerts(page) == ["Activation is requested. The IDs appear here when ready."]
    assert shown.line == "requested 20 Nov 2026 by Ana Berg · ready by 23 Nov 2026"
    assert shown.badges == ("Pending",)
    assert not page.has(id="ids")


def test_activate_by_somebody_who_lost_the_role_meanwhile_is_refused():
    client = client_of(LI)
    url = reverse("benefits:activate", args=[plan(CONTOSO).public_id])
    User.objects.get(email=LI).affiliations.get().role_assignments.all().delete()

    response = client.post(url)

    assert response.status_code == 403
    assert not Contract.objects.filter(package=plan(CONTOSO).package).exists()


def test_activate_of_another_partners_plan_is_not_there_for_its_neighbour():
    before = row_counts()

    response = activate(admin_of(FABRIKAM), plan(CONTOSO))

    assert response.status_code == 404
    assert changed_since(before) == {}

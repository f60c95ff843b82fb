"""Submitting: one request and one incident for one form, or nothing and a reason."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from benefits.models import LedgerEntry, Plan
from benefits.reasons import BenefitNotActivated
from benefits.services.links import revoke_link
from partnercenter.demo.accounts import CONTOSO, FABRIKAM, NORTHWIND, TAILSPIN, WINGTIP
from portal.models import AuditRecord
from support.models import SupportRequest
from tests.pages.html import values_in
from tests.pages.states import CLOUD
from tests.pages.visits import (
    account,
    admin_of,
    alerts,
    changed_since,
    client_of,
    contract,
    page_of,
    partner,
    plan,
)
from tests.pages.wizard import AZURE, CONTACT, ISSUE, Wizard, form_of
from tests.stories import product, row_counts, submit
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

FRITZ = "admin@fabrikam.example"
SQL_SERVER = product("SQL Server", "2022")


def written(of: Plan | None = None, **fields: str) -> Wizard:
    """Return a wizard whose form is complete, at the review."""
    of = of or plan(FABRIKAM)
    owner = admin_of(of.package.partner.mpn_id)
    return Wizard(client_of(owner)).at_review(of, **fields)


def newest() -> SupportRequest:
    """Return the request that was opened last."""
    return SupportRequest.objects.latest("pk")


def test_submit_opens_the_request_and_uses_one_incident():
    before = row_counts()

    response = written().review()

    request = newest()
    assert (response.status_code, response.url) == (
        302,
        reverse("support:request", args=[request.number]),
    )
    assert changed_since(before) == {
        "support.SupportRequest": 1,
        "benefits.LedgerEntry": 1,
        "benefits.Event": 1,
        "portal.AuditRecord": 1,
        "portal.IdempotencyKey": 1,
    }
    assert plan(FABRIKAM).remaining == 16
    assert LedgerEntry.objects.latest("pk").request_number == request.number


def test_submit_keeps_what_was_written_word_by_word():
    written(category="CRASH", severity="B", hours="ALWAYS").review(contact_phone="+46 8 123 456")

    request = newest()
    assert {name: getattr(request, name) for name in (*ISSUE, *CONTACT)} == {
        **ISSUE,
        **CONTACT,
        "contact_phone": "+46 8 123 456",
    }
    assert (request.author, request.partner) == (account(FRITZ), partner(FABRIKAM))
    assert (request.category, request.severity, request.require_24x7) == ("CRASH", "B", True)
    assert (request.product_name, request.opened_at) == ("Windows Server 2025", NOW)


def test_submit_leads_to_the_request_that_says_what_it_used():
    wizard = written()

    page = page_of(wizard.client.get(wizard.review().url))

    assert alerts(page) == ["Your request is open. Its number is below."]
    assert page.one("h1").text == f"Request | {newest().number}"
    assert (
        "It used 1 incident of Partner support Gold 20pack (Fabrikam). The plan now has 16 "
        "incidents remaining." in page.text
    )


def test_submit_on_an_unlimited_plan_is_written_down_too():
    used = plan(TAILSPIN, CLOUD).used

    written(plan(TAILSPIN, CLOUD), **AZURE).review()

    assert (plan(TAILSPIN, CLOUD).remaining, plan(TAILSPIN, CLOUD).used) == (None, used + 1)


def test_submit_of_the_same_form_again_is_the_same_request():
    wizard = written()
    first = wizard.review()
    before = row_counts()

    second = wizard.review()

    assert second.url == first.url
    assert changed_since(before) == {}
    assert alerts(page_of(wizard.client.get(second.url)))[-1] == (
        "This form was submitted already. Nothing more was used."
    )


@pytest.mark.parametrize("method", ["get", "post"])
def test_submit_again_after_the_session_was_lost_is_the_same_request(method: str):
    wizard = written()
    first = wizard.review()
    before = row_counts()

    again = getattr(client_of(FRITZ), method)(wizard.url("review"), CONTACT)

    assert (again.status_code, again.url) == (302, first.url)
    assert changed_since(before) == {}


def test_submit_again_as_somebody_else_finds_no_form():
    wizard = written()
    wizard.review()
    client = client_of("user@fabrikam.example")

    response = client.post(wizard.url("review"), CONTACT)

    assert response.url == reverse("support:create")
    assert alerts(page_of(client.get(response.url))) == [
        "This form is no longer open. Nothing was used."
    ]


@pytest.mark.parametrize("step", ["product", "issue", "review"])
def test_submitted_draft_leads_to_its_request_from_every_step(step: str):
    wizard = written()
    submitted = wizard.review()

    response = wizard.client.get(wizard.url(step))

    assert (response.status_code, response.url) == (302, submitted.url)


def packs() -> tuple[Plan, Plan]:
    """Return Wingtip's two plans for on-premises products, in the order of use."""
    held = Plan.objects.filter(package__membership__partner__mpn_id=WINGTIP, scope="ON_PREMISES")
    first, second = held.order_by("package__ends_at")
    return first, second


def spend(of: Plan) -> None:
    """Let others use the plan up."""
    by = admin_of(of.package.partner.mpn_id)
    for number in range(of.remaining or 0):
        key = f"spend-{number}"
        submit(by=by, at=NOW, key=key, plan_id=of.public_id, product=SQL_SERVER)


def test_submit_on_a_plan_spent_meanwhile_uses_no_other_and_names_the_next():
    pack, silver = packs()
    wizard = written(pack)
    spend(pack)

    response = wizard.review()

    page = page_of(response)
    assert response.status_code == 409
    assert page.one(cls="explanation").attrs["data-code"] == "no_incidents_remaining"
    assert (
        "The next plan that can pay is Partner support Silver 15pack of Wingtip Toys: 12 "
        "incidents remaining. Nothing was used, and what you typed is kept." in page.text
    )
    assert page.has("a", href=wizard.url("product"))
    assert Plan.objects.get(pk=silver.pk).remaining == 12


def test_submit_on_a_plan_spent_meanwhile_keeps_what_was_typed_until_another_pays():
    pack, silver = packs()
    wizard = written(pack)
    spend(pack)

    page = page_of(wizard.review(contact_phone="+1 425 555 0100"))

    assert values_in(form_of(page))["contact_phone"] == "+1 425 555 0100"
    assert ISSUE["description"] in page.text
    assert wizard.product(plan=str(silver.public_id)).url == wizard.url("issue")
    assert wizard.issue().url == wizard.url("review")
    assert wizard.review().status_code == 302
    assert (newest().plan, newest().title) == (silver, ISSUE["title"])


def test_submit_on_the_only_plan_spent_meanwhile_names_no_next():
    wizard = written(plan(NORTHWIND))
    spend(plan(NORTHWIND))
    before = row_counts()

    page = page_of(wizard.review())

    assert "The next plan that can pay" not in page.text
    assert "Nothing was used, and what you typed is kept." in page.text
    assert changed_since(before) == {"portal.AuditRecord": 1}


def test_submit_refused_leaves_a_record_of_the_attempt():
    wizard = written(plan(NORTHWIND))
    spend(plan(NORTHWIND))

    wizard.review()

    record = AuditRecord.objects.latest("pk")
    assert (record.action, record.refusal_code) == (
        "support.submit_request",
        "no_incidents_remaining",
    )
    assert (record.actor, record.partner_mpn_id) == (admin_of(NORTHWIND), NORTHWIND)


def test_submit_after_the_contract_was_taken_away_says_so_and_keeps_the_text():
    wizard = Wizard(client_of("consultant@outlook.example")).at_review(plan(FABRIKAM))
    user = account("consultant@outlook.example")
    revoke_link(contract_id=contract(FABRIKAM).public_id, user=user, by=account(FRITZ), at=NOW)

    response = wizard.review()

    page = page_of(response)
    assert response.status_code == 403
    assert page.one(cls="explanation").attrs["data-code"] == "link_revoked"
    assert ISSUE["title"] in page.text
    assert plan(FABRIKAM).remaining == 17


def test_submit_on_a_plan_not_activated_names_those_who_can_activate():
    """The wizard never offers it; whoever names it all the same is told what a page would say."""
    by, of = account("user@contoso.example"), plan(CONTOSO)

    with pytest.raises(BenefitNotActivated) as refused:
        submit(by=by, at=NOW, partner=partner(CONTOSO), plan_id=of.public_id, product=SQL_SERVER)

    step = refused.value.explanation.next_step
    assert step is not None
    assert (step.text, step.people) == ("Ask somebody who can do it:", ("Ana Berg", "Li Wei"))


@pytest.mark.parametrize(
    ("moment", "status"), [(timedelta(microseconds=-1), 302), (timedelta(0), 409)]
)
def test_submit_around_the_end_of_the_contract_is_decided_by_the_instant(
    settings: Any, moment: timedelta, status: int
):
    wizard = written()
    settings.PORTAL_NOW = contract(FABRIKAM).ends_at + moment

    response = wizard.review()

    assert response.status_code == status
    if status == 409:
        assert page_of(response).one(cls="explanation").attrs["data-code"] == "contract_expired"


def test_submit_shows_typed_markup_as_text():
    evil = "<script>alert('x')</script>"
    wizard = Wizard(client_of(FRITZ)).at_issue(plan(FABRIKAM))
    wizard.issue(title=evil, description=evil, tried=evil)
    assert not wizard.see("review").one("main").has("script")

    page = page_of(wizard.client.get(wizard.review().url))

    assert not page.one("main").has("script")
    assert page.one("p", cls="lead").text == evil

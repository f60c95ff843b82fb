"""Buying a partner support plan: by whom, what it gives, once for each form, and the next year."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from benefits.calendar import one_year_after
from benefits.models import Event, Link, Package, Purchase
from benefits.reasons import BenefitNotStarted, ContractExpired
from benefits.services.links import (
    link_contract,
    link_own_contract,
    restore_link,
    revoke_link,
)
from benefits.services.pairs import show_pair
from benefits.services.purchases import PlanRunsOn, require_purchasable
from benefits.support_plans import Offer
from benefits.verification import Difference, differences
from partners.models import Partner
from partners.permissions import NotAuthorized
from partners.roles import Role
from portal.idempotency import IdempotencyKeyInvalid, IdempotencyKeyReused
from portal.models import AuditRecord
from portal.refusals import Attempt
from tests.at_once import act_meanwhile
from tests.factories import USED_AT, AffiliationFactory, PartnerFactory, UserFactory
from tests.stories import (
    AZURE,
    admin_of,
    buy,
    colleague_of,
    entitlement_of,
    gold_contract,
    linked_outsider,
    numbers_of,
    product,
    row_counts,
    submit,
)

pytestmark = pytest.mark.django_db

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
END = datetime(2027, 3, 2, 9, 0, tzinfo=UTC)
OPENS = END - timedelta(days=30)
BUYERS = (Role.GLOBAL_ADMIN, Role.MPN_PARTNER_ADMIN)
# Failed N-1 long before the tests take place.
OLD = product("Exchange Server", "2016")


def written_since(before):
    """Return how many rows each table gained."""
    return {name: n - before[name] for name, n in row_counts().items() if n != before[name]}


# --- what it gives ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offer", "name", "scope"),
    [
        (Offer.ADVANCED, "Advanced Support for Partners", "CLOUD"),
        (Offer.PREMIER, "Premier Support for Partners", "ALL"),
    ],
)
def test_purchase_gives_a_plan_that_runs_at_once_for_one_year(offer, name, scope):
    partner = PartnerFactory()
    admin = admin_of(partner)

    bought = buy(partner=partner, offer=offer, by=admin)

    e = entitlement_of(bought.plan, user=admin, at=USED_AT)
    assert (e.plan_name, e.benefit, e.scope, e.kind, e.level) == (
        name,
        "PARTNER_SUPPORT",
        scope,
        None,
        None,
    )
    assert (e.is_active, e.is_unlimited, e.remaining, e.mpn_id) == (
        True,
        True,
        None,
        partner.mpn_id,
    )
    assert (e.contract_starts_at, e.ends_at, e.is_in_renewal_window) == (USED_AT, END, False)
    assert (bought.is_new, list(differences())) == (True, [])


def test_purchase_writes_everything_together_and_grants_nothing():
    partner = PartnerFactory()
    admin, before = admin_of(partner), row_counts()

    bought = buy(partner=partner, by=admin)

    assert written_since(before) == {
        "benefits.Purchase": 1,
        "benefits.Package": 1,
        "benefits.Plan": 1,
        "benefits.Contract": 1,
        "benefits.IssuedId": 2,
        "benefits.Event": 1,
        "portal.AuditRecord": 1,
        "portal.IdempotencyKey": 1,
    }
    event, record = Event.objects.get(), AuditRecord.objects.get()
    assert (event.type, event.package, event.partner) == ("ACTIVATED", bought.plan.package, partner)
    assert (record.action, record.actor, record.partner_mpn_id, record.target_id) == (
        "benefits.buy_plan",
        admin,
        partner.mpn_id,
        str(bought.plan.package.public_id),
    )
    assert record.facts == {
        "offer": "PREMIER",
        "contract": str(bought.contract.public_id),
        "startsAt": USED_AT.isoformat(),
        "endsAt": END.isoformat(),
        "linksCopied": 0,
    }


def test_bought_plan_ends_with_its_year_and_no_day_later():
    plan = buy().plan

    last, after = (entitlement_of(plan, at=at) for at in (END - timedelta(microseconds=1), END))

    assert (last.status, after.status, after.remaining) == ("ACTIVE", "EXPIRED", 0)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), datetime(2027, 12, 31, 23, 30, tzinfo=UTC)),
        (datetime(2028, 2, 28, 9, 0, tzinfo=UTC), datetime(2029, 2, 28, 9, 0, tzinfo=UTC)),
        (datetime(2028, 2, 29, 9, 0, tzinfo=UTC), datetime(2029, 2, 28, 9, 0, tzinfo=UTC)),
    ],
)
def test_year_of_a_purchase_is_a_calendar_year(start, end):
    assert one_year_after(start) == end


def test_every_use_of_a_bought_plan_is_written_although_nothing_is_counted():
    bought = buy()
    user = linked_outsider(bought.contract)

    for key, about in (("one", OLD), ("two", AZURE)):
        submit(by=user, key=key, product=about)

    e = entitlement_of(bought.plan, at=USED_AT)
    entries = bought.plan.entries.order_by("number").values_list("number", "kind", "quantity")
    assert (e.used, e.remaining) == (2, None)
    assert list(entries) == [(1, "CONSUME", -1), (2, "CONSUME", -1)]
    assert list(differences()) == []


def test_pair_of_a_bought_plan_links_an_account_of_elsewhere():
    access, number = numbers_of(buy().contract)
    stranger = UserFactory(personal=True)

    linked = link_contract(access_text=access, contract_text=number, by=stranger, at=USED_AT)

    assert (linked.is_new, [e.plan_name for e in linked.plans]) == (
        True,
        ["Premier Support for Partners"],
    )


# --- by whom ---------------------------------------------------------------------------------


@pytest.mark.parametrize("role", BUYERS)
@pytest.mark.parametrize("program", [{}, {"csp_only": True}], ids=["mpn", "csp only"])
def test_purchase_by_either_admin_is_made_whatever_the_program(role, program):
    partner = PartnerFactory(csp_only=bool(program))
    buyer = AffiliationFactory(partner=partner, roles=[role], **program).user

    bought = buy(partner=partner, by=buyer)

    purchase = Purchase.objects.get()
    assert (purchase.partner, purchase.bought_by, purchase.bought_at) == (partner, buyer, USED_AT)
    assert bought.plan.package.purchase == purchase


@pytest.mark.parametrize("role", [None, *(role for role in Role if role not in BUYERS)])
def test_purchase_by_others_of_the_partner_is_refused_with_who_can(role):
    partner = PartnerFactory(csp_only=True)
    AffiliationFactory(
        partner=partner, csp_only=True, roles=[Role.GLOBAL_ADMIN], user__name="Luc Warin"
    )
    other = AffiliationFactory(partner=partner, csp_only=True, roles=[role] if role else []).user
    rows = row_counts()

    with pytest.raises(NotAuthorized) as refused:
        buy(partner=partner, by=other)

    assert refused.value.explanation.facts == {"permission": "buy_plan"}
    assert refused.value.explanation.as_dict()["nextStep"] == {
        "text": "Ask somebody who can do it:",
        "url": None,
        "people": ["Luc Warin"],
    }
    assert refused.value.attempt == Attempt("benefits.buy_plan", target=("offer", "PREMIER"))
    assert row_counts() == rows


@pytest.mark.parametrize(
    ("who", "partner", "reason"),
    [
        (lambda: UserFactory(personal=True), None, "no_partner"),
        (lambda: UserFactory(staff=True), None, "staff"),
        (lambda: UserFactory(staff=True), PartnerFactory, "staff"),
        (lambda: admin_of(PartnerFactory()), PartnerFactory, None),
    ],
    ids=["no partner", "staff", "staff for a partner", "admin elsewhere"],
)
def test_purchase_from_outside_is_refused(who, partner, reason):
    by, of = who(), partner() if partner else None
    call = {"offer": Offer.PREMIER, "partner": of, "by": by, "at": USED_AT}
    rows = row_counts()

    with pytest.raises(NotAuthorized) as refused:
        require_purchasable(**call)

    assert refused.value.explanation.facts.get("reason") == reason
    assert row_counts() == rows


# --- who sees it -----------------------------------------------------------------------------


def test_user_of_a_partner_outside_mpn_sees_the_pair_and_links_with_one_click():
    partner = PartnerFactory(csp_only=True)
    admin = AffiliationFactory(partner=partner, csp_only=True, roles=[Role.GLOBAL_ADMIN]).user
    user = AffiliationFactory(partner=partner, csp_only=True).user
    contract = buy(partner=partner, by=admin).contract

    pair = show_pair(contract_id=contract.public_id, by=user, at=USED_AT)
    linked = link_own_contract(contract_id=contract.public_id, by=user, at=USED_AT)
    used = submit(by=user, partner=partner, product=OLD)

    assert (str(pair.access), str(pair.contract)) == numbers_of(contract)
    assert (linked.is_new, used.request.plan) == (True, contract.package.plans.get())


def test_packages_outside_mpn_are_those_that_were_bought():
    partner = PartnerFactory(in_csp=True)
    user = AffiliationFactory(partner=partner, csp_only=True).user
    stranger = admin_of(PartnerFactory())
    from_membership = gold_contract(partner=partner).package
    bought = buy(partner=partner).plan.package

    seen = Package.objects.visible_to

    assert set(seen(user)) == {bought}
    assert set(seen(colleague_of(partner))) == {bought, from_membership}
    assert set(seen(stranger)) == set()


# --- again -----------------------------------------------------------------------------------


def test_purchase_sent_twice_by_one_form_is_made_once():
    partner = PartnerFactory()
    admin = admin_of(partner)
    first, rows = buy(partner=partner, by=admin), row_counts()

    again = buy(partner=partner, by=admin, at=USED_AT + SECOND)

    assert (again.plan, again.contract, again.is_new) == (first.plan, first.contract, False)
    assert row_counts() == rows


@pytest.mark.parametrize(
    ("key", "refusal"), [("", IdempotencyKeyInvalid), ("a-form", IdempotencyKeyReused)]
)
def test_purchase_by_a_form_of_something_else_or_none_is_refused(key, refusal):
    partner = PartnerFactory()
    admin = admin_of(partner)
    buy(partner=partner, by=admin)
    rows = row_counts()

    with pytest.raises(refusal):
        buy(partner=partner, by=admin, offer=Offer.ADVANCED, key=key)

    assert row_counts() == rows


def test_purchase_repeated_by_whoever_lost_the_role_is_refused():
    partner = PartnerFactory()
    admin = admin_of(partner)
    buy(partner=partner, by=admin)
    admin.affiliations.get().role_assignments.all().delete()

    with pytest.raises(NotAuthorized):
        buy(partner=partner, by=admin)


@pytest.mark.parametrize("at", [USED_AT + SECOND, OPENS - SECOND])
def test_purchase_of_a_plan_that_runs_on_is_refused_with_the_day_from_which_it_can_be(at):
    partner = PartnerFactory(name="Contoso")
    buy(partner=partner)
    rows = row_counts()

    with pytest.raises(PlanRunsOn) as refused:
        buy(partner=partner, by=admin_of(partner), at=at, key="another")

    assert refused.value.explanation.as_dict() == {
        "code": "renewal_not_open",
        "message": "Contoso has Premier Support for Partners until 2 March 2027.",
        "facts": {"endsAt": END.isoformat(), "opensAt": OPENS.isoformat()},
        "nextStep": {
            "text": "The next year can be bought from 31 January 2027 on; it follows on from "
            "this one.",
            "url": None,
            "people": [],
        },
    }
    assert row_counts()["benefits.Purchase"] == rows["benefits.Purchase"]


def test_other_plan_and_other_partner_are_bought_beside_one_that_runs():
    partner = PartnerFactory()
    buy(partner=partner)

    beside = [buy(partner=partner, offer=Offer.ADVANCED), buy()]

    assert [b.is_new for b in beside] == [True, True]
    assert list(differences()) == []


# --- the next year ---------------------------------------------------------------------------


def test_next_year_follows_on_the_one_that_runs_and_links_whoever_uses_it():
    partner = PartnerFactory()
    first = buy(partner=partner)
    user = linked_outsider(first.contract)
    for state in ({"dropped": True}, {"revoked": True}):
        linked_outsider(first.contract, **state)

    second = buy(partner=partner, at=OPENS, key="next")

    e = entitlement_of(second.plan, at=OPENS)
    assert (e.status, e.starts_at, e.ends_at) == ("SCHEDULED", END, END.replace(year=2028))
    assert (e.shows_pair, e.access_number) == (False, None)
    links = Link.objects.filter(contract=second.contract)
    assert list(links.values_list("user", "method", "linked_at")) == [(user.pk, "COPIED", OPENS)]
    told = Event.objects.filter(package=second.plan.package).order_by("pk")
    assert list(told.values_list("type", "account")) == [("ACTIVATED", None), ("LINKED", user.pk)]
    assert submit(by=user, at=END, product=OLD).request.plan == second.plan
    assert list(differences()) == []


def test_account_that_loses_this_years_contract_does_not_go_on_to_the_next():
    partner = PartnerFactory()
    first = buy(partner=partner)
    user, admin = linked_outsider(first.contract), admin_of(partner)
    second = buy(partner=partner, at=OPENS, key="next")
    act: dict[str, Any] = {"user": user, "by": admin, "contract_id": first.contract.public_id}

    revoke_link(**act, at=OPENS + DAY)

    assert not Link.objects.in_force().filter(contract=second.contract).exists()
    restore_link(**act, at=OPENS + 2 * DAY)
    assert Link.objects.in_force().get(contract=second.contract).user == user


def test_next_year_says_from_when_it_can_be_used():
    partner = PartnerFactory()
    first = buy(partner=partner)
    user = linked_outsider(first.contract)
    second = buy(partner=partner, at=OPENS, key="next")

    with pytest.raises(BenefitNotStarted) as refused:
        submit(by=user, at=END - SECOND, product=OLD, plan_id=second.plan.public_id)

    assert refused.value.message == "This benefit starts on 2 March 2027."
    assert refused.value.explanation.as_dict()["nextStep"]["text"] == (
        "Nothing has to be done: it can be used from that day on."
    )


def test_year_after_the_next_is_not_sold_yet():
    partner = PartnerFactory()
    for at, key in ((USED_AT, "one"), (OPENS, "two")):
        buy(partner=partner, at=at, key=key)

    with pytest.raises(PlanRunsOn) as refused:
        buy(partner=partner, at=OPENS + SECOND, key="three")

    assert refused.value.explanation.facts["endsAt"] == END.replace(year=2028).isoformat()


def test_purchase_after_the_end_begins_at_once_with_links_of_its_own():
    partner = PartnerFactory()
    first = buy(partner=partner)
    user = linked_outsider(first.contract)

    second = buy(partner=partner, at=END, key="later")

    assert (second.contract.starts_at, second.contract.links.count()) == (END, 0)
    assert list(Purchase.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    with pytest.raises(ContractExpired):
        submit(by=user, at=END, product=OLD)


# --- at once, and afterwards -----------------------------------------------------------------


def buy_meanwhile(partner, *, first, second):
    """Let the second admin begin to buy and wait for the partner, while the first buys too."""
    rows = Partner.objects.select_for_update(of=("self",), no_key=True)
    return act_meanwhile(second, lock=lambda: rows.get(pk=partner.pk), meanwhile=first)


@pytest.mark.django_db(transaction=True)
def test_purchase_by_two_admins_at_once_is_made_once_and_the_second_is_told():
    partner = PartnerFactory()
    one, other = (admin_of(partner) for _ in range(2))

    buying = buy_meanwhile(
        partner,
        first=lambda: buy(partner=partner, by=one),
        second=lambda: buy(partner=partner, by=other, at=USED_AT + SECOND),
    )

    assert isinstance(buying.exception(), PlanRunsOn)
    assert Purchase.objects.get().bought_by == one


@pytest.mark.django_db(transaction=True)
def test_purchase_by_one_form_twice_at_once_is_made_once():
    partner = PartnerFactory()
    admin = admin_of(partner)

    buying = buy_meanwhile(
        partner,
        first=lambda: buy(partner=partner, by=admin),
        second=lambda: buy(partner=partner, by=admin, at=USED_AT + SECOND),
    )

    assert buying.result().is_new is False
    assert Purchase.objects.count() == 1


def test_years_of_one_plan_that_overlap_are_found():
    partner = PartnerFactory()
    first = buy(partner=partner)
    second = buy(partner=partner, at=OPENS, key="next").plan.package
    Package.objects.filter(pk=second.pk).update(starts_at=END - DAY)

    assert list(differences()) == [
        Difference(
            f"package {second.public_id}",
            "start",
            (END - DAY).isoformat(),
            f"not before {first.plan.package.ends_at.isoformat()}",
        )
    ]


def test_bought_package_that_strayed_to_another_partner_is_found():
    package, stranger = buy().plan.package, PartnerFactory()
    Package.objects.update(partner=stranger)

    assert list(differences()) == [
        Difference(
            f"package {package.public_id}", "partner", stranger.mpn_id, package.partner.mpn_id
        )
    ]

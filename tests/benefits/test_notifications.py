"""What the bell tells of benefits: which states and news, when, to whom, and where it leads."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benefits.allotments import Scope
from benefits.calendar import midnight
from benefits.models import Contract, Link, Membership
from benefits.notifications import NEWS_FOR, of_benefits
from benefits.support_plans import Offer
from partners.acting import Acting, acting_of, affiliations_of
from partners.models import User
from partners.roles import Role
from portal.models import NotificationsRead
from tests.benefits.years import renew, silver, upgrade
from tests.factories import (
    ENDS_AT,
    USED_AT,
    AffiliationFactory,
    LinkFactory,
    PartnerFactory,
    UserFactory,
)
from tests.stories import (
    activate,
    admin_of,
    buy,
    colleague_of,
    gold_contract,
    linked_colleague,
    linked_outsider,
    member,
    partner_of,
    plan_of,
    submit,
    use_up,
)

pytestmark = pytest.mark.django_db

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ANNIVERSARY = datetime(2026, 12, 15, tzinfo=UTC)
FIRST, LATER = datetime(2026, 11, 30, tzinfo=UTC), datetime(2027, 1, 7, tzinfo=UTC)
YEAR_AFTER = ANNIVERSARY.date()
PLANS = "/my-plans"


def acting(user: User) -> Acting:
    """Return for whom the account acts, as the middleware reads it."""
    return acting_of(affiliations_of(user), mpn_id=None)


def told(user: User, *, at: datetime = NOW):
    """Return the notifications of the account."""
    return of_benefits(user=user, acting=acting(user), at=at, plans_url=PLANS)


def kinds(user: User, *, at: datetime = NOW) -> list[str]:
    """Return what kinds of notifications the account has, in the order of the alphabet."""
    return sorted(n.key.partition(".")[0] for n in told(user, at=at))


# --- states ----------------------------------------------------------------------------------


def waiting() -> Membership:
    """A membership that nobody has activated."""
    return member()


def in_use(*, leave: int | None = None) -> Membership:
    """A membership with a contract, of which so many on-premises incidents are left."""
    contract = gold_contract()
    if leave is not None:
        use_up(plan_of(contract), by=linked_outsider(contract), leave=leave)
    return Membership.objects.get(package__contract=contract)


def requested() -> Membership:
    """A membership whose activation was requested two days ago, and is ready tomorrow."""
    membership = member()
    activate(membership, at=NOW - 2 * DAY, delay=3 * DAY)
    return membership


@pytest.mark.parametrize(
    ("write", "at", "expected"),
    [
        (waiting, NOW, ["not_activated"]),
        (requested, NOW, []),
        (requested, NOW + DAY, ["ready"]),
        (requested, NOW + DAY + NEWS_FOR - SECOND, ["first_reminder", "ready"]),
        (requested, NOW + DAY + NEWS_FOR, ["first_reminder"]),
        (in_use, NOW, []),
        (lambda: in_use(leave=5), NOW, []),
        (lambda: in_use(leave=4), NOW, ["few_left"]),
        (lambda: in_use(leave=0), NOW, ["used_up"]),
        (in_use, FIRST - SECOND, []),
        (in_use, FIRST, ["first_reminder"]),
        (in_use, ANNIVERSARY, ["ending", "first_reminder"]),
        (in_use, LATER - SECOND, ["ending", "first_reminder"]),
        (in_use, LATER, ["ending", "second_reminder"]),
        (waiting, LATER, ["ending", "not_activated", "second_reminder"]),
        (lambda: in_use(leave=0), ENDS_AT - SECOND, ["ending", "second_reminder", "used_up"]),
        (lambda: in_use(leave=0), ENDS_AT, []),
        (waiting, ENDS_AT, []),
    ],
)
def test_admin_is_told_of_each_state_for_as_long_as_it_holds(write, at, expected):
    admin = admin_of(write().partner)

    assert kinds(admin, at=at) == expected


def test_notification_says_what_since_when_and_where_to_go_on():
    contract = gold_contract()
    plan = plan_of(contract)
    use_up(plan, by=linked_outsider(contract))
    partner = partner_of(contract)

    (found,) = told(admin_of(partner))

    assert (found.title, found.tone, found.since) == ("Used up", "danger", USED_AT)
    assert found.text == (
        "On-premises support incidents: All 20 incidents have been used since 2 March 2026."
    )
    assert found.about == f"{partner.name} · Partner support Gold 20pack"
    assert (found.url, found.action) == (
        reverse("benefits:plan", args=[plan.public_id]),
        "What used them",
    )


def test_each_plan_is_told_of_by_itself_and_its_package_once():
    contract = gold_contract()
    user = linked_outsider(contract)
    use_up(plan_of(contract), by=user)
    use_up(plan_of(contract, Scope.CLOUD), by=user, leave=1)

    found = kinds(admin_of(partner_of(contract)), at=ANNIVERSARY)

    assert found == ["ending", "few_left", "first_reminder", "used_up"]


# --- reminders -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (
            FIRST,
            "The year of Gold ends with 14 December 2026; renew it then, until 13 January 2027.",
        ),
        (LATER, "Gold can be renewed until 13 January 2027; its benefits end with that day."),
    ],
)
def test_reminder_says_until_when_renewal_is_possible(at, text):
    found = told(admin_of(in_use().partner), at=at)

    assert [n.text for n in found if "reminder" in n.key] == [text]


@pytest.mark.parametrize(
    ("role", "is_reminded"),
    [
        (Role.GLOBAL_ADMIN, True),
        (Role.MPN_PARTNER_ADMIN, True),
        (Role.ADMIN_AGENT, False),
        (Role.BILLING_ADMIN, False),
    ],
)
def test_only_those_who_may_renew_are_reminded(role, is_reminded):
    user = AffiliationFactory(partner=in_use().partner, roles=[role]).user

    assert kinds(user, at=FIRST) == (["first_reminder"] if is_reminded else [])


def test_reminders_stop_once_the_next_year_is_written():
    membership = in_use()
    admin = admin_of(membership.partner)
    member(partner=membership.partner, starts_on=YEAR_AFTER)

    assert kinds(admin, at=LATER) == ["ending", "not_activated"]


def test_membership_of_another_kind_renews_nothing():
    membership = in_use()
    admin = admin_of(membership.partner)
    activate(member(partner=membership.partner, level=None, starts_on=YEAR_AFTER), at=ANNIVERSARY)

    assert "second_reminder" in kinds(admin, at=LATER)


def test_reminder_leads_to_the_offers_where_the_year_is_renewed():
    found = told(admin_of(in_use().partner), at=LATER)

    (reminder,) = [n for n in found if "reminder" in n.key]
    assert (reminder.url, reminder.action) == (reverse("memberships:offers"), "Renew")


def test_reminders_stop_once_the_year_is_renewed_or_upgraded():
    renewed, upgraded = in_use(), silver()
    activate(upgraded)
    renew(renewed, at=LATER)
    upgrade(upgraded, at=FIRST)

    assert kinds(admin_of(renewed.partner), at=LATER) == ["ending", "not_activated"]
    # The Silver contract runs on; the Gold year has its own anniversary.
    assert kinds(admin_of(upgraded.partner), at=LATER) == ["ending", "not_activated"]


# --- plans that were bought ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days_left", "expected"), [(31, []), (30, ["ending"]), (15, ["ending"]), (1, ["ending"])]
)
def test_bought_plan_ends_without_a_reminder_of_renewal(days_left, expected):
    bought = buy()
    admin = admin_of(bought.contract.package.partner)

    assert kinds(admin, at=bought.contract.ends_at - days_left * DAY) == expected


def test_end_of_a_bought_plan_leads_to_the_plans_to_compare_and_is_not_told_once_followed():
    bought = buy()
    partner = partner_of(bought.contract)
    admin, soon = admin_of(partner), bought.contract.ends_at - DAY

    (found,) = told(admin, at=soon)
    buy(partner=partner, by=admin, offer=Offer.ADVANCED, at=soon - 20 * DAY, key="another-plan")
    buy(partner=partner, by=admin, at=soon, key="next-year")

    page = reverse("benefits:partner-support")
    assert (found.url, found.action) == (f"{page}#plan-{bought.plan.public_id}", "Compare plans")
    assert "ending" not in kinds(admin, at=soon)


def test_account_outside_mpn_is_told_what_its_partner_bought():
    bought = buy()
    partner = partner_of(bought.contract)
    agent = AffiliationFactory(partner=partner, csp_only=True, roles=[Role.ADMIN_AGENT]).user

    (found,) = told(agent, at=USED_AT)

    assert found.title == "Plan bought"
    assert found.url.startswith(reverse("benefits:partner-support"))


# --- links -----------------------------------------------------------------------------------


def test_new_links_are_told_once_per_contract_with_the_latest():
    contract = gold_contract()
    LinkFactory(contract=contract, linked_at=NOW - 2 * DAY, user__name="Kofi Mensah")
    LinkFactory(contract=contract, linked_at=NOW - DAY, user__name="Luc Warin")

    (found,) = told(admin_of(partner_of(contract)))

    assert (found.text, found.since) == (
        "2 accounts linked the contract in the last 14 days, the latest Luc Warin.",
        NOW - DAY,
    )
    assert found.url == reverse("benefits:accounts", args=[plan_of(contract).public_id])


def link(contract: Contract, **changes: object) -> None:
    """Link the contract to a new account, a day ago."""
    LinkFactory(**{"contract": contract, "linked_at": NOW - DAY, **changes})


@pytest.mark.parametrize(
    ("changes", "is_told"),
    [
        ({}, True),
        ({"linked_at": NOW - NEWS_FOR + SECOND}, True),
        ({"linked_at": NOW - NEWS_FOR}, False),
        ({"method": Link.Method.COPIED}, False),
        ({"dropped": True}, False),
        ({"revoked": True}, False),
    ],
)
def test_link_is_news_for_two_weeks_while_it_is_in_force(changes, is_told):
    contract = gold_contract()
    link(contract, **changes)

    assert kinds(admin_of(partner_of(contract))) == (["linked"] if is_told else [])


def test_own_link_is_no_news_and_others_links_are_for_those_who_see_them():
    contract = gold_contract()
    partner = partner_of(contract)
    admin, agent = admin_of(partner), AffiliationFactory(partner=partner, roles=[Role.ADMIN_AGENT])
    link(contract, user=admin)

    assert kinds(admin) == []
    assert kinds(agent.user) == ["linked"]
    assert kinds(colleague_of(partner)) == []


# --- who is told -----------------------------------------------------------------------------


def test_colleague_without_a_role_is_told_of_what_the_company_holds():
    membership = in_use(leave=0)

    assert kinds(colleague_of(membership.partner)) == ["used_up"]


@pytest.mark.parametrize("works_elsewhere", [False, True])
def test_account_of_elsewhere_is_told_of_what_it_has_linked_alone(works_elsewhere):
    contract = gold_contract()
    user = linked_outsider(contract)
    if works_elsewhere:
        AffiliationFactory(user=user, partner=PartnerFactory(), roles=[Role.GLOBAL_ADMIN])
    use_up(plan_of(contract), by=user, leave=1)
    in_use(leave=0)

    found = told(user, at=ANNIVERSARY)

    assert sorted(n.key.partition(".")[0] for n in found) == ["ending", "few_left"]
    assert {(n.url, n.action) for n in found} == {(PLANS, "My plans")}


def test_account_of_csp_alone_is_told_of_its_links_and_nothing_of_mpn():
    contract = gold_contract()
    use_up(plan_of(contract), by=linked_outsider(contract), leave=1)
    at_owner = AffiliationFactory(
        partner=partner_of(contract), csp_only=True, roles=[Role.GLOBAL_ADMIN]
    )

    assert kinds(at_owner.user) == []
    LinkFactory(user=at_owner.user, contract=contract)
    assert [n.url for n in told(at_owner.user, at=ANNIVERSARY)] == [PLANS, PLANS]


@pytest.mark.parametrize("state", ["revoked", "dropped"])
def test_contract_that_the_account_no_longer_uses_is_not_told_of(state):
    contract = gold_contract()
    use_up(plan_of(contract), by=linked_outsider(contract))
    user = linked_outsider(contract, **{state: True})

    assert told(user) == []


def test_partner_that_is_not_acted_for_is_not_told_of():
    membership = in_use(leave=0)
    user = colleague_of(membership.partner)
    AffiliationFactory(user=user, partner__name="Aardvark")

    assert str(acting(user).partner) == "Aardvark"
    assert told(user) == []


# --- reading ---------------------------------------------------------------------------------


def test_notification_is_unread_again_when_it_changes():
    contract = gold_contract()
    user = linked_colleague(contract)
    use_up(plan_of(contract), by=user, leave=2)
    NotificationsRead.objects.create(account=user, read_at=USED_AT + DAY)

    before = [n.is_unread for n in told(user)]
    submit(by=user, at=USED_AT + 2 * DAY, key="one-more", plan_id=plan_of(contract).public_id)

    assert (before, [n.is_unread for n in told(user)]) == ([False], [True])


def test_what_another_account_has_read_is_unread_for_this_one():
    membership = waiting()
    reader, other = admin_of(membership.partner), UserFactory()
    NotificationsRead.objects.create(account=other, read_at=NOW)

    (found,) = told(reader)

    assert (found.is_unread, found.since) == (True, midnight(membership.starts_on))


@pytest.mark.parametrize("rows", [1, 30])
def test_everything_is_read_in_one_statement(rows):
    partner = PartnerFactory()
    admin = admin_of(partner)
    for year in range(rows):
        of = member(partner=partner, starts_on=YEAR_AFTER.replace(year=2026 + year))
        link(activate(of, at=ANNIVERSARY.replace(year=2026 + year), by=admin))
    standing = acting(admin)

    with CaptureQueriesContext(connection) as captured:
        found = of_benefits(user=admin, acting=standing, at=NOW, plans_url=PLANS)

    assert (len(captured), len(found)) == (1, rows)

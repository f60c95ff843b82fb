"""Presales and advice: what can be asked for with which membership, and what is deducted."""

from datetime import UTC, date, datetime, timedelta

import pytest

from benefits.allotments import Level
from benefits.models import Plan
from partners.models import User
from partners.permissions import NotAuthorized
from partners.roles import Role
from portal.idempotency import IdempotencyKeyReused
from portal.models import AuditRecord
from portal.refusals import Refusal
from support.consultations import offer_of
from support.models import SupportRequest
from support.verification import differences
from tests.advice import ADVISORY, PRESALES, WRITTEN, ask, deduct, hours_of, use_hours
from tests.factories import USED_AT, AffiliationFactory, PartnerFactory, UserFactory
from tests.lives import (
    AFTER_END,
    LATER,
    THEN,
    CloseReason,
    close,
    lines_of,
    reopen,
    submitted_by_outsider,
)
from tests.stories import admin_of, colleague_of, member, row_counts

pytestmark = pytest.mark.django_db

LEVELS = {"Action Pack": None, "Silver": Level.SILVER, "Gold": Level.GOLD}
TOTAL = {"Action Pack": 5, "Silver": 20, "Gold": 50}
USED_UP, NOTHING = "no_incidents_remaining", "nothing_to_deduct"


def refused(act, *arguments, **what):
    """Act, and return the refusal that comes instead; nothing may be written."""
    before = row_counts()
    with pytest.raises(Refusal) as refusal:
        act(*arguments, **what)
    assert row_counts() == before
    return refusal.value


# --- what can be asked for -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("package", "kind", "left", "asking", "deducting"),
    [
        ("Action Pack", ADVISORY, 5, None, 3),
        ("Action Pack", ADVISORY, 2, None, "below_zero"),
        ("Action Pack", ADVISORY, 0, USED_UP, None),
        ("Action Pack", PRESALES, 5, None, 3),
        ("Action Pack", PRESALES, 0, USED_UP, None),
        ("Silver", ADVISORY, 20, None, 3),
        ("Silver", ADVISORY, 3, None, 3),
        ("Silver", ADVISORY, 0, USED_UP, None),
        ("Silver", PRESALES, 20, None, NOTHING),
        ("Silver", PRESALES, 0, None, NOTHING),
        ("Gold", ADVISORY, 50, None, 3),
        ("Gold", ADVISORY, 1, None, "below_zero"),
        ("Gold", ADVISORY, 0, USED_UP, None),
        ("Gold", PRESALES, 50, None, NOTHING),
        ("Gold", PRESALES, 0, None, NOTHING),
    ],
)
def test_consultation_follows_package_kind_and_hours_left(package, kind, left, asking, deducting):
    membership = member(level=LEVELS[package])
    plan = hours_of(membership)
    if left < TOTAL[package]:
        use_hours(membership, leave=left)
    by = colleague_of(membership.partner)

    if asking is not None:
        assert refused(ask, membership.partner, by=by, kind=kind).code == asking
        return
    request = ask(membership.partner, by=by, kind=kind).request
    assert (request.plan, hours_of(membership).remaining) == (plan, left)
    agent = UserFactory(staff=True)
    if isinstance(deducting, str):
        assert refused(deduct, request, 3, by=agent).code == deducting
        assert hours_of(membership).remaining == left
    else:
        entry = deduct(request, deducting, by=agent)
        assert (entry.quantity, entry.request_number) == (-deducting, request.number)
        assert hours_of(membership).remaining == entry.remaining_after == left - deducting
    assert list(differences()) == []


def test_consultation_is_written_whole_and_uses_nothing():
    membership = member()
    by = AffiliationFactory(partner=membership.partner, user__name="Uta Lang").user

    submitted = ask(membership.partner, by=by)

    request = SupportRequest.objects.get(pk=submitted.request.pk)
    written = {name: getattr(request, name) for name in WRITTEN}
    assert written == WRITTEN
    assert (request.kind, request.portal, request.severity) == ("ADVISORY", "PARTNER_CENTER", None)
    assert (request.author, request.partner, request.contact_name) == (
        by,
        membership.partner,
        "Uta Lang",
    )
    # A Monday, 10 in Stockholm: eight hours of severity C end on Tuesday.
    assert (request.opened_at, request.due_at) == (USED_AT, datetime(2026, 3, 3, 9, 0, tzinfo=UTC))
    assert lines_of(request) == [("GRANT", 50, 50)]
    record = AuditRecord.objects.get(action="support.submit_consultation")
    assert (record.target_id, record.facts) == (
        request.number,
        {"kind": "ADVISORY", "plan": str(hours_of(membership).public_id)},
    )


def test_consultation_sent_twice_by_one_form_is_one_request():
    partner = member().partner
    by = colleague_of(partner)
    first = ask(partner, by=by)

    again = ask(partner, by=by)

    assert (again.request, again.is_replay) == (first.request, True)
    assert type(refused(ask, partner, by=by, title="Another")) is IdempotencyKeyReused


@pytest.mark.parametrize(
    ("years", "code", "message", "step"),
    [
        (
            [date(2026, 6, 1)],
            "benefit_not_started",
            "This benefit starts on 1 June 2026.",
            "It needs no activation: it can be used from that day on.",
        ),
        (
            [date(2024, 12, 15)],
            "contract_expired",
            "These advisory hours ended on 13 January 2026.",
            "New hours come with the next membership year.",
        ),
        (
            [date(2023, 6, 1), date(2024, 12, 15), date(2026, 6, 1)],
            "benefit_not_started",
            "This benefit starts on 1 June 2026.",
            "It needs no activation: it can be used from that day on.",
        ),
        (
            [date(2023, 6, 1), date(2024, 12, 15)],
            "contract_expired",
            "These advisory hours ended on 13 January 2026.",
            "New hours come with the next membership year.",
        ),
    ],
)
def test_consultation_without_current_hours_says_which_are_nearest(years, code, message, step):
    partner = PartnerFactory()
    for starts_on in years:
        member(partner=partner, starts_on=starts_on)
    by = colleague_of(partner)

    explained = refused(ask, partner, by=by, kind=PRESALES).explanation

    assert (explained.code, explained.message) == (code, message)
    assert explained.next_step is not None
    assert explained.next_step.text == step


def test_consultation_without_membership_says_who_looks_after_them():
    partner = PartnerFactory(name="Proseware")
    admin_of(partner, name="Ana Berg")
    by = colleague_of(partner)

    explained = refused(ask, partner, by=by).explanation.as_dict()

    assert (explained["code"], explained["message"]) == (
        "plan_not_included",
        "Proseware has no membership, and so no presales requests and no hours of advice.",
    )
    assert explained["nextStep"]["people"] == ["Ana Berg"]


@pytest.mark.parametrize(
    ("level", "step"),
    [
        (None, "New hours come with the next membership year, from 15 December 2026 on."),
        (
            Level.GOLD,
            (
                "Presales requests are unlimited and stay possible. New hours come with the next "
                "membership year, from 15 December 2026 on."
            ),
        ),
    ],
)
def test_last_hour_used_says_what_is_left_to_do(level, step):
    membership = member(level=level)
    use_hours(membership, leave=0)
    by = colleague_of(membership.partner)

    explained = refused(ask, membership.partner, by=by).explanation

    total = 5 if level is None else 50
    assert explained.message == f"All {total} hours have been used."
    assert explained.next_step is not None
    assert explained.next_step.text == step


@pytest.mark.parametrize("who", ["CSP only", "stranger", "staff"])
def test_consultation_is_for_accounts_of_the_partner_in_mpn(who):
    partner = member().partner
    agent = AffiliationFactory(partner=partner, csp_only=True, roles=[Role.ADMIN_AGENT])
    by = {
        "CSP only": agent.user,
        "stranger": UserFactory(),
        "staff": UserFactory(staff=True),
    }[who]

    assert type(refused(ask, partner, by=by)) is NotAuthorized


# --- two memberships -------------------------------------------------------------------------


@pytest.fixture
def two():
    """Return an Action Pack and a Silver membership that began, and ends, a month later."""
    pack = member(level=None)
    return pack, member(
        partner=pack.partner, level=Level.SILVER, starts_on=pack.starts_on + timedelta(days=31)
    )


def test_two_memberships_are_offered_in_order_of_use(two):
    pack, silver = two

    offer = offer_of(user=colleague_of(pack.partner), partner=pack.partner, at=USED_AT)

    assert [e.plan_pk for e in offer.plans] == [hours_of(pack).pk, hours_of(silver).pk]
    assert (offer.kinds, offer.refusals) == ((PRESALES, ADVISORY), {})


def test_consultation_is_asked_from_the_first_or_the_chosen(two):
    pack, silver = two

    by_default = ask(pack.partner, key="default").request
    chosen = ask(pack.partner, plan=hours_of(silver), key="chosen").request

    assert (by_default.plan, chosen.plan) == (hours_of(pack), hours_of(silver))


def test_chosen_hours_that_are_used_up_never_fall_through_and_default_ones_do(two):
    pack, silver = two
    use_hours(pack, leave=0)
    by = colleague_of(pack.partner)

    assert refused(ask, pack.partner, by=by, plan=hours_of(pack)).code == USED_UP
    assert ask(pack.partner, by=by).request.plan == hours_of(silver)


def test_consultation_is_asked_from_no_plan_of_another_partner():
    partner, other = member().partner, hours_of(member())

    with pytest.raises(Plan.DoesNotExist):
        ask(partner, plan=other)


# --- deducting -------------------------------------------------------------------------------


@pytest.fixture
def request_():
    """Return an advisory request from Gold's fifty hours."""
    return ask(member().partner).request


def test_deduction_is_recorded(request_):
    agent = UserFactory(staff=True)

    entry = deduct(request_, 3, by=agent)

    assert (entry.actor, entry.occurred_at, entry.plan) == (agent, THEN, request_.plan)
    record = AuditRecord.objects.get(action="support.deduct_hours")
    assert (record.target_id, record.actor_id, record.facts) == (
        request_.number,
        agent.pk,
        {"plan": str(request_.plan.public_id), "hours": 3, "remainingAfter": 47},
    )


@pytest.mark.parametrize(
    ("circumstance", "code", "message"),
    [
        ("author", "not_authorized", "You are not authorized for this action"),
        ("admin", "not_authorized", "You are not authorized for this action"),
        ("auditor", "not_authorized", "You are not authorized for this action"),
        ("closed", "already_closed", "This request was closed on 3 March 2026."),
        ("again", "already_deducted", "2 hours were deducted for this request on 3 March 2026."),
        ("ended", "contract_expired", "These advisory hours ended on 13 January 2027."),
        ("too many", "below_zero", "Only 50 hours are left, so 51 can't be deducted."),
    ],
)
def test_deduction_is_refused(request_, circumstance, code, message):
    by: User = UserFactory(staff=True)
    hours, at = 1, LATER
    if circumstance == "author":
        by = request_.author
    if circumstance == "admin":
        by = admin_of(request_.partner)
    if circumstance == "auditor":
        by = UserFactory(staff_kind="AUDITOR")
    if circumstance == "closed":
        close(request_, by=by)
    if circumstance == "again":
        deduct(request_, 2)
    if circumstance == "ended":
        at = AFTER_END
    if circumstance == "too many":
        hours = 51

    refusal = refused(deduct, request_, hours, by=by, at=at)

    assert (refusal.code, refusal.message) == (code, message)


def test_deduction_for_unlimited_presales_and_for_incidents_is_refused():
    presales = ask(member(level=Level.SILVER).partner, kind=PRESALES).request
    technical = submitted_by_outsider()
    agent = UserFactory(staff=True)

    assert refused(deduct, presales, 1, by=agent).message == (
        "Presales requests are unlimited with Silver and deduct nothing."
    )
    assert refused(deduct, technical, 1, by=agent).message == (
        "Only presales and advisory requests take hours."
    )


@pytest.mark.parametrize("reason", [CloseReason.DUPLICATE, CloseReason.PRODUCT_DEFECT])
def test_request_closed_with_deducted_hours_gives_all_of_them_back_once(request_, reason):
    deduct(request_, 6)
    agent = UserFactory(staff=True)

    close(request_, by=agent, reason=reason, at=LATER)

    assert lines_of(request_) == [("GRANT", 50, 50), ("CONSUME", -6, 44), ("RETURN", 6, 50)]
    refusal = refused(reopen, request_, by=agent)
    assert refusal.message == "The hours of this request were returned on 4 March 2026."
    assert list(differences()) == []


def test_request_closed_before_hours_were_deducted_gives_nothing_back(request_):
    agent = UserFactory(staff=True)
    close(request_, by=agent, reason=CloseReason.DUPLICATE)
    record = AuditRecord.objects.get(action="support.close_request")
    assert record.facts["returnsHours"] is False

    reopen(request_, by=agent)
    deduct(request_, 2, by=agent, at=LATER)

    assert lines_of(request_) == [("GRANT", 50, 50), ("CONSUME", -2, 48)]
    assert list(differences()) == []


def test_request_closed_as_solved_keeps_its_hours_used(request_):
    deduct(request_, 6)

    close(request_, by=request_.author, at=LATER)

    assert lines_of(request_) == [("GRANT", 50, 50), ("CONSUME", -6, 44)]
    assert list(differences()) == []


def test_hours_returned_after_the_end_lapse_at_once(request_):
    deduct(request_, 6)

    close(request_, by=UserFactory(staff=True), reason=CloseReason.DUPLICATE, at=AFTER_END)

    assert lines_of(request_)[2:] == [("EXPIRE", -44, 0), ("RETURN", 6, 6), ("EXPIRE", -6, 0)]
    assert list(differences()) == []

"""What pages show of plans: rows with their explanation, and at most one notice."""

from datetime import UTC, datetime

import pytest
from django.utils import translation

from benefits.presentation import Notice, headline_notice, row, rows
from benefits.wording import summary
from portal.refusals import NextStep
from tests.entitlement_factory import EntitlementFactory
from tests.factories import ENDS_AT, PlanFactory

ENDED = {"ends_at": datetime(2026, 1, 14, tzinfo=UTC)}
ENDING = {"at": datetime(2026, 12, 20, 9, 0, tzinfo=UTC)}
NOT_ACTIVATED = Notice(
    "warning",
    "Not activated",
    "Contoso has not activated this benefit yet. It can be activated until 13 January 2027.",
)
PENDING = Notice(
    "info",
    "Activation pending",
    "Activation was requested on 18 November 2026 by Ana Berg and is ready by 23 November 2026.",
)
RENEWAL = NextStep(
    "The membership can be renewed until 13 January 2027; the new year has a new package.",
    url="/dashboard/mpn/membership/offers",
)
ENDS_SOON = Notice(
    "warning",
    "Ends soon",
    "The benefits of Gold end in 24 days. What is unused then lapses.",
    RENEWAL,
)
USED_UP = Notice(
    "warning",
    "Used up",
    "Cloud support incidents: All 10 incidents have been used since 17 November 2026.",
    NextStep(
        "Cloud support now needs a paid plan: compare the partner support plans.",
        url="/support/partnersupport",
    ),
)
BOUGHT_ENDS = Notice(
    "warning",
    "Ends soon",
    "Premier Support for Partners ends in 24 days. Its next year can be bought "
    "now, and follows on from this one.",
    NextStep("Compare the partner support plans.", url="/support/partnersupport"),
)
# The year after the one that ends, bought already.
NEXT_YEAR = {
    **ENDING,
    "bought": True,
    "starts_at": ENDS_AT,
    "contract_starts_at": ENDS_AT,
    "ends_at": ENDS_AT.replace(year=2028),
}
FEW_LEFT = Notice("info", "Few left", "3 of 20 on-premises incidents left until 13 January 2027.")


def test_row_of_usable_plan_needs_no_explanation():
    plan = EntitlementFactory(balance=17, used=3)

    shown = row(plan)

    assert (shown.entitlement, shown.summary, shown.explanation) == (plan, summary(plan), None)
    assert (shown.title, shown.source, shown.used) == (
        "On-premises support incidents",
        "Gold competency",
        "3 used of 20",
    )


@pytest.mark.parametrize(
    ("traits", "needs_link", "code"),
    [
        ({"used_up": True}, False, "no_incidents_remaining"),
        (ENDED, False, "contract_expired"),
        ({"not_activated": True}, False, "benefit_not_activated"),
        ({"not_linked": True}, True, "contract_not_linked"),
        ({"revoked": True}, True, "link_revoked"),
    ],
)
def test_row_of_unusable_plan_explains_itself(traits, needs_link, code):
    explanation = row(EntitlementFactory(**traits), needs_link=needs_link).explanation

    assert explanation is not None
    assert explanation.code == code


@pytest.mark.parametrize(
    ("traits", "has_bar"),
    [
        ({"balance": 17}, True),
        ({"used_up": True}, True),
        ({"advisory": True}, True),
        ({"unlimited": True}, False),
        ({"not_activated": True}, False),
        ({"pending": True}, False),
        (ENDED, False),
    ],
)
def test_row_has_a_bar_where_it_says_more_than_the_number(traits, has_bar):
    assert row(EntitlementFactory(**traits)).has_bar is has_bar


def test_rows_keep_their_order():
    plans = [EntitlementFactory(), EntitlementFactory(cloud=True)]

    assert [shown.entitlement for shown in rows(plans)] == plans


def test_row_of_hours_says_their_name_once_and_in_the_readers_language():
    plan = EntitlementFactory(advisory=True)

    with translation.override("sv"):
        shown = row(plan)

    assert (shown.title, shown.origin) == ("Teknisk presales och distribution", "Guldkompetens")
    assert row(EntitlementFactory()).origin == "Gold competency · Partner support Gold 20pack"


def test_name_of_a_plan_is_translated_for_hours_alone():
    with translation.override("sv"):
        names = [PlanFactory.build(**traits).label for traits in ({"advisory": True}, {})]

    assert names == ["Teknisk presales och distribution", "Partner support Gold 20pack"]


@pytest.mark.parametrize(
    ("plans", "notice"),
    [
        ([], None),
        ([{"balance": 17}], None),
        ([{"not_activated": True}], NOT_ACTIVATED),
        ([{"pending": True}], PENDING),
        ([{**ENDING, "balance": 17}], ENDS_SOON),
        ([{**ENDING, "bought": True}], BOUGHT_ENDS),
        ([{**ENDING, "bought": True}, NEXT_YEAR], None),
        ([{"cloud": True, "used_up": True}], USED_UP),
        ([{"balance": 3}], FEW_LEFT),
        ([ENDED], None),
        ([{"advisory": True, "balance": 1}], None),
        # By rank, whatever the order of the plans.
        ([{"balance": 3}, {"cloud": True, "used_up": True}], USED_UP),
        ([{"cloud": True, "used_up": True}, {**ENDING, "balance": 3}], ENDS_SOON),
        ([{**ENDING, "balance": 3}, {"pending": True}], PENDING),
        ([{"pending": True}, {"not_activated": True}], NOT_ACTIVATED),
    ],
)
def test_notice_is_the_first_by_rank(plans, notice):
    assert headline_notice([EntitlementFactory(**traits) for traits in plans]) == notice


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (
            datetime(2027, 1, 12, 9, 0, tzinfo=UTC),
            "The benefits of Gold end in 1 day. What is unused then lapses.",
        ),
        (
            datetime(2027, 1, 13, 9, 0, tzinfo=UTC),
            "The benefits of Gold end today. What is unused then lapses.",
        ),
    ],
)
def test_notice_of_the_last_days_says_when(at, text):
    found = headline_notice([EntitlementFactory(at=at)])

    assert found == Notice("warning", "Ends soon", text, RENEWAL)


def test_notice_of_the_last_days_offers_no_renewal_once_it_is_done():
    found = headline_notice([EntitlementFactory(**ENDING, is_succeeded=True)])

    assert found is not None
    assert (found.title, found.next_step) == ("Ends soon", None)

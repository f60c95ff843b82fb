"""Why a plan does not pay for a product: the first reason in order, and what it says."""

from datetime import UTC, datetime

import pytest

from benefits.entitlements import OwnLink
from benefits.reasons import (
    ActivationPending,
    BenefitNotActivated,
    BenefitNotStarted,
    ContractExpired,
    ContractNotLinked,
    LinkRevoked,
    NoIncidentsRemaining,
)
from support.coverage import PlanNotIncluded, PlanWrongScope, refusal_for
from support.products import ProductNotSupported
from tests.entitlement_factory import EntitlementFactory
from tests.factories import ACTIVATED_AT, USED_AT
from tests.stories import AZURE, product

# On 20 November 2026 the newer is covered, the older is not.
COVERED = product("Windows Server", "2025")
TOO_OLD = product("Windows Server", "2016")

REVOKED = {"link": OwnLink(linked_at=ACTIVATED_AT, dropped_at=None, revoked_at=USED_AT)}
STARTS_LATER = {"not_activated": True, "starts_at": datetime(2026, 12, 1, tzinfo=UTC)}
ENDED = {"ends_at": datetime(2026, 1, 14, tzinfo=UTC)}
NOT_LINKED = {"link": None}
USED_UP = {"used_up": True}


# --- what fits -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("traits", "about"),
    [
        ({}, COVERED),
        ({"silver": True}, COVERED),
        ({"action_pack": True}, COVERED),
        ({"cloud": True}, AZURE),
        ({"unlimited": True}, AZURE),
        # Bought plans pay as their scope says, for any version.
        ({"bought": True}, COVERED),
        ({"bought": True}, TOO_OLD),
        ({"bought": True}, AZURE),
        ({"bought": True, "scope": "CLOUD"}, AZURE),
    ],
)
def test_plan_that_fits_pays(traits, about):
    assert refusal_for(EntitlementFactory(**traits), about) is None


@pytest.mark.parametrize(
    ("traits", "about", "refusal"),
    [
        ({}, AZURE, PlanWrongScope),
        ({"silver": True}, AZURE, PlanWrongScope),
        ({"cloud": True}, COVERED, PlanWrongScope),
        ({"unlimited": True}, COVERED, PlanWrongScope),
        ({"unlimited": True}, TOO_OLD, PlanWrongScope),
        ({"bought": True, "scope": "CLOUD"}, COVERED, PlanWrongScope),
        ({"action_pack": True}, AZURE, PlanNotIncluded),
        ({}, TOO_OLD, ProductNotSupported),
        ({"action_pack": True}, TOO_OLD, ProductNotSupported),
        (USED_UP, COVERED, NoIncidentsRemaining),
        ({"cloud": True, **USED_UP}, AZURE, NoIncidentsRemaining),
    ],
)
def test_plan_that_does_not_fit_says_why(traits, about, refusal):
    assert type(refusal_for(EntitlementFactory(**traits), about)) is refusal


# --- the order of reasons --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("traits", "about", "first"),
    [
        # Revoked stands before everything else that is wrong.
        ({**REVOKED, **ENDED, "action_pack": True}, AZURE, LinkRevoked),
        ({**REVOKED, **USED_UP}, TOO_OLD, LinkRevoked),
        ({"pending": True, **REVOKED}, AZURE, LinkRevoked),
        # The plan's dates before link, scope, version and balance.
        (STARTS_LATER, AZURE, BenefitNotStarted),
        ({"not_activated": True}, AZURE, BenefitNotActivated),
        ({"not_activated": True}, TOO_OLD, BenefitNotActivated),
        ({"not_activated": True, "action_pack": True, "balance": None}, AZURE, BenefitNotActivated),
        ({"pending": True}, AZURE, ActivationPending),
        ({"pending": True, "balance": 0}, TOO_OLD, ActivationPending),
        ({**ENDED, **NOT_LINKED}, COVERED, ContractExpired),
        ({**ENDED, **USED_UP}, TOO_OLD, ContractExpired),
        ({**ENDED, "not_activated": True}, AZURE, ContractExpired),
        # Not linked before everything about the product.
        ({**NOT_LINKED, "action_pack": True}, AZURE, ContractNotLinked),
        (NOT_LINKED, AZURE, ContractNotLinked),
        (NOT_LINKED, TOO_OLD, ContractNotLinked),
        ({**USED_UP, **NOT_LINKED}, COVERED, ContractNotLinked),
        # Not included and wrong scope before used up; scope before version; version before used up.
        ({"action_pack": True, **USED_UP}, AZURE, PlanNotIncluded),
        (USED_UP, AZURE, PlanWrongScope),
        ({"cloud": True, **USED_UP}, TOO_OLD, PlanWrongScope),
        (USED_UP, TOO_OLD, ProductNotSupported),
    ],
)
def test_of_several_reasons_the_first_in_order_is_given(traits, about, first):
    assert type(refusal_for(EntitlementFactory(**traits), about)) is first


def test_link_does_not_matter_where_none_is_needed():
    plan = EntitlementFactory(not_linked=True)

    assert refusal_for(plan, COVERED, needs_link=False) is None


# --- what they say ---------------------------------------------------------------------------


LEADS_TO = {
    "Use them in Support for Business, for an on-premises product.": "/supportforbusiness/create",
    "Use them for a cloud product, such as Azure.": "/portals/azure/",
    "They are used up: compare the partner support plans.": "/support/partnersupport",
    "For cloud products, compare the partner support plans.": "/support/partnersupport",
}


@pytest.mark.parametrize(
    ("traits", "about", "code", "message", "next_step", "facts"),
    [
        (
            {"balance": 17, "used": 3},
            AZURE,
            "plan_wrong_scope",
            "17 incidents remaining, for on-premises products only.",
            "Use them in Support for Business, for an on-premises product.",
            {"planScope": "ON_PREMISES", "productScope": "CLOUD", "remaining": 17},
        ),
        (
            {"balance": 0, "used": 20},
            AZURE,
            "plan_wrong_scope",
            "0 incidents remaining, for on-premises products only.",
            "They are used up: compare the partner support plans.",
            {"planScope": "ON_PREMISES", "productScope": "CLOUD", "remaining": 0},
        ),
        (
            {"cloud": True, "balance": 0, "used": 10},
            COVERED,
            "plan_wrong_scope",
            "0 incidents remaining, for cloud products only.",
            "They are used up: compare the partner support plans.",
            {"planScope": "CLOUD", "productScope": "ON_PREMISES", "remaining": 0},
        ),
        (
            {"cloud": True, "balance": 8, "used": 2},
            COVERED,
            "plan_wrong_scope",
            "8 incidents remaining, for cloud products only.",
            "Use them for a cloud product, such as Azure.",
            {"planScope": "CLOUD", "productScope": "ON_PREMISES", "remaining": 8},
        ),
        (
            {"unlimited": True},
            COVERED,
            "plan_wrong_scope",
            "Unlimited incidents, for cloud products only.",
            "Use them for a cloud product, such as Azure.",
            {"planScope": "CLOUD", "productScope": "ON_PREMISES", "remaining": None},
        ),
        (
            {"action_pack": True},
            AZURE,
            "plan_not_included",
            "Action Pack has no cloud support: its incidents are for on-premises products.",
            "For cloud products, compare the partner support plans.",
            {"planScope": "ON_PREMISES", "productScope": "CLOUD", "remaining": 10},
        ),
    ],
)
def test_plan_of_another_scope_says_what_it_is_good_for(
    traits, about, code, message, next_step, facts
):
    refusal = refusal_for(EntitlementFactory(**traits), about)

    assert refusal is not None
    assert refusal.explanation.as_dict() == {
        "code": code,
        "message": message,
        "facts": facts,
        "nextStep": {"text": next_step, "url": LEADS_TO.get(next_step), "people": []},
    }


@pytest.mark.parametrize(
    ("at", "pays"),
    [
        # Windows 10 is in mainstream support until the end of 14 October 2025, UTC.
        (datetime(2025, 10, 14, 23, 59, 59, tzinfo=UTC), True),
        (datetime(2025, 10, 15, 0, 0, tzinfo=UTC), False),
    ],
)
def test_version_is_judged_by_the_utc_day(at, pays):
    start = datetime(2025, 1, 1, tzinfo=UTC)
    plan = EntitlementFactory(at=at, starts_at=start, contract_starts_at=start)

    assert (refusal_for(plan, product("Windows", "10")) is None) is pays

"""Plans that were bought, as the API answers them: inside MPN, outside it, and to others."""

from typing import Any

import pytest

from benefits.models import Plan
from benefits.support_plans import Offer
from partnercenter.demo.accounts import FABRIKAM, LITWARE
from tests.api.calls import session_caller
from tests.api.resources import (
    answered,
    browser_of,
    client_at,
    everything,
    ids,
    instant,
    refused,
)
from tests.api.visits import csp_only
from tests.pages.visits import admin_of, numbers, partner
from tests.stories import buy
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

LUC = "admin@litware.example"
# Nothing but a plan that was bought pays for it.
OLD = {"productFamily": "Exchange Server", "productVersion": "2016"}


def bought_for(mpn_id: str, offer: Offer = Offer.PREMIER) -> Plan:
    """Let the partner's admin buy a plan now."""
    return buy(partner=partner(mpn_id), offer=offer, by=admin_of(mpn_id), at=NOW).plan


def verdict_of(caller: Any) -> Any:
    """Ask whether an old version would be paid for."""
    (answer,) = answered(caller.post("entitlements/check", {"questions": [OLD]}))["answers"]
    return answer["allowed"], answer["planName"]


def test_bought_plan_has_no_level_and_pays_by_its_scope():
    plan = bought_for(FABRIKAM)

    found = answered(client_at(FABRIKAM).get(f"entitlements/{plan.public_id}"))

    assert (found["planName"], found["benefit"], found["scope"], found["level"]) == (
        "Premier Support for Partners",
        "PARTNER_SUPPORT",
        "ALL",
        None,
    )
    assert (found["startsAt"], found["unit"], found["unlimited"]) == (
        instant(NOW),
        "INCIDENT",
        True,
    )
    assert found["contractId"] == str(plan.package.contract.public_id)


def test_bought_plan_is_found_by_its_benefit_and_by_no_level():
    plan = bought_for(FABRIKAM, Offer.ADVANCED)
    caller = client_at(FABRIKAM)

    by_benefit = everything(caller, "entitlements", benefit="PARTNER_SUPPORT")
    by_level = everything(caller, "entitlements", level="ACTION_PACK,SILVER,GOLD")

    assert ids(by_benefit) == [str(plan.public_id)]
    assert str(plan.public_id) not in ids(by_level)


def test_bought_package_stands_among_the_benefits_and_is_active_already():
    plan = bought_for(FABRIKAM)
    caller = client_at(FABRIKAM)
    path = f"benefits/{plan.package.public_id}"

    found = answered(caller.get(path))
    again = answered(caller.post(f"{path}/activate"))

    assert (found["level"], found["status"], ids(found["entitlements"])) == (
        None,
        "ACTIVE",
        [str(plan.public_id)],
    )
    assert again == found
    assert found in everything(caller, "benefits")


def test_bought_plan_pays_for_versions_that_nothing_else_pays_for():
    before = verdict_of(client_at(FABRIKAM))

    bought_for(FABRIKAM)

    assert (before, verdict_of(client_at(FABRIKAM))) == (
        (False, None),
        (True, "Premier Support for Partners"),
    )


def test_company_outside_mpn_reads_what_it_bought_and_nothing_before():
    caller = browser_of(LUC)
    before = [caller.get("benefits"), caller.get("entitlements", mpnId=LITWARE)]

    plan = bought_for(LITWARE)

    contract = plan.package.contract
    access, secret = numbers(contract)
    assert [refused(answer) for answer in before] == [(403, "not_authorized")] * 2
    assert ids(everything(caller, "entitlements", mpnId=LITWARE)) == [str(plan.public_id)]
    assert ids(everything(caller, "benefits")) == [str(plan.package.public_id)]
    assert answered(caller.get(f"contracts/{contract.public_id}/ids")) == {
        "accessId": access,
        "contractId": secret,
    }
    (event,) = everything_told(caller)
    assert (event["type"], event["benefitId"]) == ("ACTIVATED", str(plan.package.public_id))


def everything_told(caller: Any) -> Any:
    """Return the events that the caller may read."""
    return answered(caller.get("events", size=200))["items"]


def test_account_of_csp_only_reads_what_was_bought_and_nothing_of_the_membership():
    bought, included = (
        bought_for(FABRIKAM),
        Plan.objects.get(package__membership__partner__mpn_id=FABRIKAM, scope="CLOUD"),
    )
    caller = session_caller(csp_only())

    found = everything(caller, "entitlements", mpnId=FABRIKAM)

    assert ids(found) == [str(bought.public_id)]
    assert ids(everything(caller, "contracts")) == [str(bought.package.contract.public_id)]
    for path in (
        f"entitlements/{included.public_id}",
        f"benefits/{included.package.public_id}",
        f"contracts/{included.package.contract.public_id}/ids",
    ):
        assert refused(caller.get(path)) == (403, "not_authorized")

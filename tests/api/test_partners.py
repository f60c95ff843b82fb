"""Partners and their memberships: the caller's own; for staff, all."""

from typing import Any

import pytest

from benefits.models import Membership, Package
from benefits.services.upgrade import upgrade_membership
from partnercenter.demo.accounts import CONTOSO, FABRIKAM, LITWARE, NORTHWIND, PROSEWARE, WINGTIP
from partners.models import Partner
from partners.scopes import ClientScope
from tests.api.resources import (
    answered,
    browser_of,
    client_at,
    everything,
    linked_client,
    refused,
    staff_client,
)
from tests.pages.visits import admin_of, contract
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

READ = ClientScope.ENTITLEMENTS_READ


def mpn_ids(found):
    """Return whom was answered."""
    return [item["mpnId"] for item in found]


def test_partner_of_the_caller_is_answered_whole():
    found = answered(client_at(CONTOSO, READ).get(f"partners/{CONTOSO}"))

    assert found == {
        "mpnId": CONTOSO,
        "name": "Contoso",
        "country": "US",
        "programs": ["MPN", "CSP"],
        "links": {
            "self": {"uri": f"/api/v1/partners/{CONTOSO}"},
            "memberships": {"uri": f"/api/v1/partners/{CONTOSO}/memberships"},
        },
    }


def test_partners_are_those_that_the_caller_works_for_and_all_for_staff():
    linked = linked_client(NORTHWIND, contract(FABRIKAM))

    assert mpn_ids(everything(linked, "partners")) == [NORTHWIND]
    assert mpn_ids(everything(browser_of("multi@contoso.example"), "partners")) == [
        CONTOSO,
        FABRIKAM,
    ]
    assert everything(browser_of("pat@outlook.example"), "partners") == []
    every = list(Partner.objects.order_by("pk").values_list("mpn_id", flat=True))
    assert mpn_ids(everything(staff_client(), "partners", size=5)) == every


def test_partner_of_somebody_else_is_not_found_as_an_absent_one():
    caller = linked_client(NORTHWIND, contract(FABRIKAM))

    answers = [
        caller.get(f"partners/{mpn_id}{below}")
        for mpn_id in (FABRIKAM, "9999999")
        for below in ("", "/memberships")
    ]

    assert {refused(answer) for answer in answers} == {(404, "not_found")}
    assert len({answer.content for answer in answers}) == 1


def test_partner_that_was_deactivated_is_gone_for_its_users_and_stays_for_staff():
    caller = browser_of("admin@fabrikam.example")
    Partner.objects.filter(mpn_id=FABRIKAM).update(is_active=False)

    assert everything(caller, "partners") == []
    assert refused(caller.get(f"partners/{FABRIKAM}")) == (404, "not_found")
    assert answered(staff_client().get(f"partners/{FABRIKAM}"))["name"] == "Fabrikam"


# --- memberships -----------------------------------------------------------------------------


def test_memberships_are_answered_whole_with_the_package_that_each_gave():
    packages = Package.objects.filter(partner__mpn_id=WINGTIP).order_by("pk")

    found = everything(client_at(WINGTIP, READ), f"partners/{WINGTIP}/memberships")

    pack: dict[str, Any] = {"kind": "ACTION_PACK", "level": None, "competencies": []}
    pack |= {"startsOn": "2026-05-04", "anniversaryOn": "2027-05-04"}
    silver: dict[str, Any] = {"kind": "CORE", "level": "SILVER", "competencies": ["Messaging"]}
    silver |= {"startsOn": "2026-06-23", "anniversaryOn": "2027-06-23"}
    assert found == [
        {
            **year,
            "endedOn": None,
            "benefitId": str(package.public_id),
            "succeedsBenefitId": None,
        }
        for year, package in zip((pack, silver), packages, strict=True)
    ]


def test_membership_that_an_upgrade_ended_says_on_which_day():
    Membership.objects.filter(partner__mpn_id=FABRIKAM).update(ended_on="2026-11-01")

    (found,) = everything(client_at(FABRIKAM, READ), f"partners/{FABRIKAM}/memberships")

    assert found["endedOn"] == "2026-11-01"


def test_membership_that_was_upgraded_and_its_successor_name_each_other():
    silver = Membership.objects.get(partner__mpn_id=NORTHWIND)
    upgrade_membership(package_id=silver.package.public_id, by=admin_of(NORTHWIND), at=NOW)

    found = everything(client_at(NORTHWIND, READ), f"partners/{NORTHWIND}/memberships")

    assert [(year["endedOn"], year["succeedsBenefitId"]) for year in found] == [
        ("2026-11-20", None),
        (None, str(silver.package.public_id)),
    ]


def test_memberships_for_staff_are_those_of_any_partner():
    found = everything(staff_client(), f"partners/{CONTOSO}/memberships")

    assert [row["competencies"] for row in found] == [["Cloud Platform", "Data Platform"]]
    assert everything(staff_client(), f"partners/{PROSEWARE}/memberships") == []


def test_memberships_to_an_account_of_csp_only_are_refused_with_who_can_help():
    response = browser_of("csponly@contoso.example").get(f"partners/{CONTOSO}/memberships")

    assert refused(response) == (403, "not_authorized")
    assert response.json()["detail"] == "You are not authorized for this action"
    assert response.json()["nextStep"] == {
        "text": "This account is associated with CSP only. You need an account associated with "
        "MPN.",
        "url": None,
        "people": ["Ana Berg", "Li Wei"],
    }


def test_memberships_of_a_company_outside_mpn_are_refused_and_the_company_is_seen():
    caller = browser_of("admin@litware.example")

    response = caller.get(f"partners/{LITWARE}/memberships")

    assert refused(response) == (403, "not_authorized")
    assert response.json()["nextStep"]["text"] == "Litware isn't enrolled in MPN."
    assert answered(caller.get(f"partners/{LITWARE}"))["programs"] == ["CSP"]


def test_memberships_of_every_partner_of_an_account_are_readable_whomever_it_acts_for():
    caller = browser_of("multi@contoso.example")

    found = [everything(caller, f"partners/{mpn}/memberships") for mpn in (CONTOSO, FABRIKAM)]

    assert [len(years) for years in found] == [1, 1]

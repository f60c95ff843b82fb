"""My access: programs, roles and every right, and who has those that are missing."""

import pytest
from django.urls import reverse

from partnercenter.demo.accounts import CONTOSO
from partners.roles import PERMISSIONS_BY_ROLE, Permission, Role, StaffPermission
from partners.wording import PERMISSIONS, STAFF_PERMISSIONS
from tests.factories import AffiliationFactory
from tests.pages.html import Element
from tests.pages.visits import client_of, main_of, partner, visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

ACCESS = "/dashboard/account/my-access"
BOTH, ANA = "Ana Berg, Li Wei", "Ana Berg"
NO_ROLE = "No Your roles don't allow it."


def rights_on(page: Element) -> dict[str, tuple[str, ...]]:
    """Return what the table says of each right."""
    rows = main_of(page).all("table")[0].one("tbody").all("tr")
    return {row.one("th").text: tuple(row.texts("td")) for row in rows}


def test_every_permission_has_words():
    assert (set(PERMISSIONS), set(STAFF_PERMISSIONS)) == (set(Permission), set(StaffPermission))


def test_admin_agent_reads_what_it_may_and_who_can_do_the_rest():
    assert rights_on(visit("agent@contoso.example", ACCESS)) == {
        "Activate benefits": (NO_ROLE, BOTH),
        "Renew or upgrade a membership": (NO_ROLE, BOTH),
        "Buy a Partner Support plan": (NO_ROLE, BOTH),
        "See who has linked a contract": ("Yes", "You"),
        "Revoke links, replace the IDs": (NO_ROLE, BOTH),
        "Open requests for CSP customers": ("Yes", "You"),
        "See all requests on the company's plans": ("Yes", "You"),
        "Manage users and roles": (NO_ROLE, ANA),
        "Read the audit trail": (NO_ROLE, BOTH),
        "Manage API clients": (NO_ROLE, ANA),
    }


@pytest.mark.parametrize("role", Role)
def test_table_of_rights_agrees_with_the_table_of_roles(role: Role):
    user = AffiliationFactory(partner=partner(CONTOSO), csp=True, roles=[role]).user

    answers = {label: cells[0] == "Yes" for label, cells in rights_on(visit(user, ACCESS)).items()}

    assert answers == {
        str(PERMISSIONS[permission]): permission in PERMISSIONS_BY_ROLE[role]
        for permission in Permission
    }


def test_csp_only_account_reads_that_it_is_one():
    page = visit("csponly@contoso.example", ACCESS)

    rights = rights_on(page)
    assert rights["Activate benefits"] == ("No This account is associated with CSP only.", BOTH)
    assert rights["Read the audit trail"][0] == "No This account is associated with CSP only."
    assert rights["Open requests for CSP customers"] == ("Yes", "You")
    programs = main_of(page).all("dl")[1]
    assert [badge.text for badge in programs.all(cls="badge")] == ["Not associated", "Associated"]


def test_account_of_a_partner_in_csp_only_reads_that_mpn_is_not_there():
    rights = rights_on(visit("admin@litware.example", ACCESS))

    assert rights["Activate benefits"] == (
        "No Litware isn't enrolled in MPN.",
        "Nobody yet. A Global admin can give out the role.",
    )
    assert rights["Manage users and roles"] == ("Yes", "You")
    assert rights["Read the audit trail"] == ("Yes", "You")


def test_of_many_who_can_the_first_are_named_and_the_rest_counted():
    for number in range(6):
        AffiliationFactory(
            partner=partner(CONTOSO), user__name=f"Admin {number}", roles=[Role.GLOBAL_ADMIN]
        )

    rights = rights_on(visit("user@contoso.example", ACCESS))

    assert rights["Manage users and roles"][1] == (
        "Admin 0, Admin 1, Admin 2, Admin 3, Admin 4, 2 more"
    )


def test_account_of_several_partners_finds_the_others_and_switches():
    client = client_of("multi@contoso.example")
    main = main_of(visit("multi@contoso.example", ACCESS))

    form = main.one("form", action=reverse("partners:switch"))
    assert form.texts("button") == ["Act for Fabrikam"]
    client.post(form.attrs["action"], {"mpn_id": form.one("button").attrs["value"]})
    assert "Programs and roles at Fabrikam" in client.get(ACCESS).content.decode()


def test_account_without_a_partner_reads_what_can_be_done():
    main = main_of(visit("pat@outlook.example", ACCESS))

    assert main.one(cls="empty-state").one("h2").text == "This account works for no partner"
    assert main.one(cls="empty-state").one("a").attrs["href"] == "/supportforbusiness/plans"
    assert "Personal account" in main.one("dl").text
    assert not main.has("table")


def test_staff_read_what_staff_may():
    page = visit("auditor@portal.example", ACCESS)

    assert rights_on(page) == {
        "Look up partners, contracts and requests": ("Yes",),
        "Work on support requests": ("No",),
        "Take over what somebody else works on": ("No",),
        "Correct what a plan gave": ("No",),
        "Import partners, memberships, users and roles": ("No",),
        "See what was imported": ("Yes",),
        "Add and change partners and their memberships": ("No",),
        "Open the administration, manage staff accounts": ("No",),
        "Register API clients of staff": ("No",),
        "Read the audit of the whole portal": ("Yes",),
    }
    assert "Staff of the portal: Auditor" in main_of(page).text


@pytest.mark.parametrize(
    ("who", "items"),
    [
        ("admin@contoso.example", ["My access", "Users and roles", "API clients", "Audit trail"]),
        ("mpnadmin@contoso.example", ["My access", "Audit trail"]),
        ("user@contoso.example", ["My access"]),
        ("admin@litware.example", ["My access", "Users and roles", "Audit trail"]),
        ("pat@outlook.example", ["My access"]),
    ],
)
def test_navigation_leads_to_what_the_account_may(who: str, items: list[str]):
    page = visit(who, ACCESS)

    links = page.one("nav", id="navigation").all("a")
    account = [a.text for a in links if a.attrs["href"].startswith("/dashboard/account/")]
    assert account == items
    assert [a.text for a in links if a.attrs.get("aria-current") == "page"] == ["My access"]
    menu = page.one(cls="account-menu__person")
    assert menu.one("a").attrs["href"] == ACCESS


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (
            "admin@renewal.example",
            ("No Margie's Travel isn't enrolled in CSP.", "Nobody: it belongs to CSP."),
        ),
        (
            "mpnadmin@contoso.example",
            ("No This account is not associated with CSP.", "Chris Poe, Omar Said"),
        ),
        ("admin@contoso.example", ("No Your roles don't allow it.", "Chris Poe, Omar Said")),
    ],
)
def test_right_that_belongs_to_csp_says_what_is_missing(who, expected):
    assert rights_on(visit(who, ACCESS))["Open requests for CSP customers"] == expected

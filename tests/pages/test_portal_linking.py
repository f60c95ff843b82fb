"""Link support benefits in a cloud portal: four situations, each told by its own truth."""

import pytest

from benefits.models import Link
from partnercenter.demo.accounts import ADATUM, EXPIRED, FABRIKAM, PENDING
from support.portals import CloudPortal
from tests.pages.html import Element
from tests.pages.portals import PORTALS
from tests.pages.visits import (
    account,
    admin_of,
    alerts,
    client_of,
    contract,
    main_of,
    numbers,
    page_of,
)
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

PAT = "pat@outlook.example"
COLLEAGUE = "user@fabrikam.example"
IN_EACH = pytest.mark.parametrize("portal", PORTALS, ids=lambda portal: portal.slug)


def linking(email: str, mpn_id: str, *, slug: str = "azure", swapped: bool = False) -> Element:
    """Type the contract's pair in the portal; return the page that follows."""
    client = client_of(email)
    pair = numbers(contract(mpn_id))
    access_id, contract_id = reversed(pair) if swapped else pair
    typed = {"access_id": access_id, "contract_id": contract_id}
    response = client.post(f"/portals/{slug}/link", typed)
    assert (response.status_code, response.url) == (302, f"/portals/{slug}/plans")
    return page_of(client.get(response.url))


def levels(page: Element) -> list[list[str]]:
    """Return how the flash messages look."""
    return [a.classes for a in page.one(id="messages").all(cls="alert")]


@IN_EACH
@pytest.mark.parametrize("swapped", [False, True])
def test_pair_typed_in_a_portal_is_linked_for_all(portal: CloudPortal, swapped: bool):  # noqa: FBT001
    page = linking(PAT, FABRIKAM, slug=portal.slug, swapped=swapped)

    assert alerts(page) == [
        (
            "Fabrikam's contract is linked to your account. 17 of 20 on-premises incidents left "
            "until 13 April 2027. 6 of 10 cloud incidents left until 13 April 2027."
        )
    ]
    assert levels(page) == [["alert", "alert--success"]]
    assert account(PAT).links.get().contract == contract(FABRIKAM)
    everywhere = [f"/portals/{p.slug}/plans" for p in PORTALS] + ["/supportforbusiness/plans"]
    shown = [len(page_of(client_of(PAT).get(u)).all(cls="number-large")) for u in everywhere]
    assert shown == [2] * 5


def test_pair_linked_before_is_told_so_and_may_go_on():
    page = linking("admin@fabrikam.example", FABRIKAM)

    (message,) = alerts(page)
    assert message.startswith("This contract is already linked, since 25 March 2026; you can ")
    assert "you can create a request now." in message
    assert levels(page) == [["alert", "alert--success"]]
    assert main_of(page).has("a", href="/portals/azure/create")
    assert admin_of(FABRIKAM).links.count() == 1


def test_pair_of_an_ended_contract_is_linked_and_told_to_have_ended():
    page = linking(PAT, EXPIRED)

    assert alerts(page) == [
        (
            "Coho Winery's contract is linked to your account. Partner support Gold 20pack ended "
            "on 10 October 2026. Ask its partner for the IDs of a current contract, or compare "
            "plans. Signature 10-pack ended on 10 October 2026. Ask its partner for the IDs of a "
            "current contract, or compare plans. See the partner support plans."
        )
    ]
    assert levels(page) == [["alert", "alert--warning"]]


@pytest.mark.parametrize(
    ("email", "begins"),
    [
        (PAT, "A. Datum's contract is linked to your account."),
        ("admin@adatum.example", "This contract is already linked, since 27 August 2026."),
    ],
)
def test_pair_of_an_action_pack_is_told_to_have_no_cloud_support(email: str, begins: str):
    page = linking(email, ADATUM)

    assert alerts(page) == [
        (
            f"{begins} 8 of 10 on-premises incidents left until 20 September 2027. "
            "Action Pack has no cloud support. See the partner support plans."
        )
    ]
    assert levels(page) == [["alert", "alert--warning"]]
    assert page.one(id="messages").one("a").attrs["href"] == "/support/partnersupport"


def test_contract_of_the_own_company_is_linked_with_one_click():
    Link.objects.filter(user__email=COLLEAGUE).update(dropped_at=NOW)
    client = client_of(COLLEAGUE)
    url = f"/portals/azure/link/{contract(FABRIKAM).public_id}"
    for name in ("link", "plans"):
        main = main_of(page_of(client.get(f"/portals/azure/{name}")))
        assert {f.attrs.get("action") for f in main.all("form")} >= {url}

    response = client.post(url)

    page = page_of(client.get(response.url))
    assert response.url == "/portals/azure/plans"
    assert alerts(page)[0].startswith("Fabrikam's contract is linked to your account.")
    assert account(COLLEAGUE).links.in_force().count() == 1


def test_one_click_before_the_contract_starts_finds_nothing():
    url = f"/portals/azure/link/{contract(PENDING).public_id}"

    assert client_of(admin_of(PENDING)).post(url).status_code == 404

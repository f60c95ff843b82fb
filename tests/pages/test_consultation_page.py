"""Technical presales and deployment: the form, its answers, and the request that comes of it."""

from typing import Any

import pytest
from django.urls import reverse

from partnercenter.demo.accounts import EXPIRED, FABRIKAM, PROSEWARE, SCHEDULED, WINGTIP
from partners.models import User
from partners.roles import Role
from portal.models import AuditRecord
from support.models import SupportRequest
from tests.advice import WRITTEN, deduct
from tests.factories import AffiliationFactory
from tests.pages.html import Element, values_in
from tests.pages.life_pages import address, press, reasons_not_to
from tests.pages.visits import (
    STAFF,
    TECHNICAL,
    account,
    admin_of,
    alerts,
    changed_since,
    client_of,
    main_of,
    page_of,
    partner,
    plan,
    visit,
)
from tests.stories import row_counts
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

FORM = f"{TECHNICAL}/createadvisoryhours-servicerequest"
LIST = "/supportforbusiness/manage"
NO_ROLE = "user@fabrikam.example"
FILLED_IN = {**WRITTEN, "kind": "ADVISORY", "product": "sql 2022", "key": "a-key"}


def send(who: User | str, *, status: int = 200, **changes: str) -> Element:
    """Send the form, filled in; return the page that answers in the end."""
    response: Any = client_of(who).post(FORM, {**FILLED_IN, **changes}, follow=True)
    assert response.status_code == status
    return page_of(response)


def asked(by: str = NO_ROLE, kind: str = "ADVISORY") -> SupportRequest:
    """Return the request of the demo world that the account asked a consultant by."""
    return SupportRequest.objects.get(author__email=by, kind=kind)


# --- the form --------------------------------------------------------------------------------


def test_form_opens_with_what_is_likely_for_an_account_without_any_role():
    page = visit(NO_ROLE, FORM)

    held = values_in(main_of(page).one("form"))
    assert held.pop("key") != ""
    assert held == {
        "product": "",
        "topic": "",
        "title": "",
        "description": "",
        "contact_phone": "",
        "contact_email": NO_ROLE,
        "country": partner(FABRIKAM).country,
        "contact_language": "en",
        "time_zone": "UTC",
    }
    assert "Gold competency: 44 of 50 hours left until" in main_of(page).text
    offered = [o.attrs["value"] for o in page.one("datalist", id="products").all("option")]
    assert ("Windows Server 2016" in offered, offered[-1]) == (True, "Other")


def test_form_leads_to_the_request_and_uses_nothing():
    before = row_counts()

    page = send(NO_ROLE)

    request = SupportRequest.objects.latest("pk")
    assert alerts(page) == ["Your request is open. Its number is below."]
    assert request.number in main_of(page).one("h1").text
    assert (request.product_name, request.kind) == ("SQL Server 2022", "ADVISORY")
    main = main_of(page)
    facts = dict(zip(main.texts("dt"), main.texts("dd"), strict=True))
    assert facts["Topic"] == WRITTEN["topic"]
    assert (facts["Kind"], facts["Language"]) == ("Advisory", "Swedish")
    assert "Severity" not in facts
    assert "No hours are deducted yet." in main.text
    assert "The plan now has 44 hours remaining." in main.text
    assert changed_since(before) == {
        "support.SupportRequest": 1,
        "portal.AuditRecord": 1,
        "portal.IdempotencyKey": 1,
    }


def test_form_sent_again_leads_to_the_same_request():
    send(NO_ROLE)
    before = row_counts()

    page = send(NO_ROLE)

    assert alerts(page) == ["This form was submitted already. Nothing more was asked for."]
    assert changed_since(before) == {}


def test_form_sent_again_with_other_words_keeps_them_under_a_new_key():
    send(NO_ROLE)

    page = send(NO_ROLE, title="Another question", status=422)

    held = values_in(main_of(page).one("form"))
    assert held["title"] == "Another question"
    assert held["key"] not in ("", "a-key")


@pytest.mark.parametrize(
    ("field", "typed", "error"),
    [
        (
            "product",
            "office ltsc",
            "Did you mean Office LTSC 2024 or Office LTSC 2021?",
        ),
        (
            "product",
            "Photoshop",
            "The list has no such product. Choose one from it, or Other and name it as topic.",
        ),
        (
            "contact_phone",
            "08 123 456",
            "Enter a phone number that begins with + and the code of its country.",
        ),
        (
            "contact_phone",
            "+46 8 CALL ME",
            "Enter a phone number that begins with + and the code of its country.",
        ),
        ("contact_email", "nobody", "Enter a valid email address."),
        ("topic", "", "This field is required."),
        (
            "topic",
            "x" * 121,
            "Ensure this value has at most 120 characters (it has 121).",
        ),
        ("kind", "TECHNICAL", "Select a valid choice. TECHNICAL is not one of the available"),
        ("country", "QQ", "Select a valid choice. QQ is not one of the available choices."),
        ("time_zone", "Mars/Olympus", "Select a valid choice. Mars/Olympus is not one of the"),
        ("contact_language", "tlh", "Select a valid choice. tlh is not one of the available"),
    ],
)
def test_form_with_something_wrong_says_what_and_keeps_what_was_typed(field, typed, error):
    before = row_counts()

    page = send(NO_ROLE, status=400, **{field: typed})

    assert error in main_of(page).one(cls="error-summary").text
    held = values_in(main_of(page).one("form"))
    assert (held["title"], held["description"]) == (WRITTEN["title"], WRITTEN["description"])
    if field in ("product", "contact_phone", "topic"):
        assert held[field] == typed
    assert changed_since(before) == {}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("+46 (0)8-123 456", "+46 (0)8-123 456"),
        ("0046 8 123 456", "+46 8 123 456"),
        ("\uff0b46\u30008\u3000123456", "+46 8 123456"),
    ],
)
def test_form_takes_a_phone_number_as_people_write_it(typed, kept):
    send(NO_ROLE, contact_phone=typed)

    assert SupportRequest.objects.latest("pk").contact_phone == kept


def test_form_about_another_product_takes_the_word_other():
    send(NO_ROLE, product="other")

    assert SupportRequest.objects.latest("pk").product_name == "Other"


# --- what can't be asked for -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("mpn_id", "code"),
    [
        (PROSEWARE, "plan_not_included"),
        (EXPIRED, "contract_expired"),
        (SCHEDULED, "benefit_not_started"),
    ],
)
def test_form_without_current_hours_is_a_reason_and_keeps_what_was_sent(mpn_id, code):
    who = admin_of(mpn_id)

    main = main_of(visit(who, FORM))
    sent = main_of(send(who, status=409))

    assert [e.attrs["data-code"] for e in main.all(cls="explanation")] == [code]
    assert not main.has("form")
    assert [e.attrs["data-code"] for e in sent.all(cls="explanation")] == [code]
    assert values_in(sent.one("form"))["title"] == WRITTEN["title"]
    recorded = AuditRecord.objects.latest("pk")
    assert (recorded.action, recorded.refusal_code) == ("support.submit_consultation", code)


def test_form_with_no_hours_left_offers_presales_and_says_why_not_advice():
    deduct(asked_now(), 44, by=account(STAFF), at=NOW)

    main = main_of(visit(NO_ROLE, FORM))
    refused = main_of(send(NO_ROLE, status=409, key="another"))
    presales = send(NO_ROLE, kind="PRESALES", key="presales")

    assert [radio.attrs["value"] for radio in main.all("input", name="kind")] == ["PRESALES"]
    for page in (main, refused):
        explained = page.one(cls="explanation", data_code="no_incidents_remaining")
        assert "All 50 hours have been used." in explained.text
        assert "Presales requests are unlimited and stay possible." in explained.text
    assert "Presales requests are unlimited with Gold" in main_of(presales).text


def asked_now() -> SupportRequest:
    """Return a new advisory request from Fabrikam's hours."""
    send(NO_ROLE, key="now")
    return SupportRequest.objects.latest("pk")


def test_form_of_two_memberships_lets_choose_between_them():
    who = admin_of(WINGTIP)
    page = visit(who, FORM)
    radios = page.all("input", name="plan")
    labels = [page.one("label", for_=radio.attrs["id"]).text for radio in radios]
    silver = radios[1].attrs["value"]

    send(who, plan=silver)
    unknown = send(who, plan=str(plan(FABRIKAM, None).public_id), key="other", status=400)

    assert [label.split(" until ")[0] for label in labels] == [
        "Action Pack: 5 of 5 hours left",
        "Silver competency: 20 of 20 hours left",
    ]
    assert [label.split("; ")[1] for label in labels] == [
        "presales requests are deducted too",
        "presales requests are unlimited",
    ]
    assert ["checked" in radio.attrs for radio in radios] == [True, False]
    request = SupportRequest.objects.latest("pk")
    assert request.plan is not None
    assert str(request.plan.public_id) == silver
    assert "Choose another one." in main_of(unknown).one(cls="error-summary").text


# --- where it is seen ------------------------------------------------------------------------


def test_benefits_page_offers_a_request_and_says_what_it_takes():
    main = main_of(visit(admin_of(WINGTIP), TECHNICAL))

    assert main.one("a", href=FORM).text == "Submit a request"
    assert "With Silver competency presales requests are unlimited and use no hours." in main.text
    assert "With Action Pack presales requests are deducted from the hours too." in main.text
    assert "support deducts whole hours after the consultation" in main.one("details").text
    assert "of 20 hours left · ends" in main.text


@pytest.mark.parametrize("mpn_id", [PROSEWARE, EXPIRED, SCHEDULED])
def test_benefits_page_offers_no_request_where_there_are_no_hours_now(mpn_id):
    assert not visit(admin_of(mpn_id), TECHNICAL).has("a", href=FORM)


def test_list_shows_kind_product_and_topic_to_the_author():
    page = visit(NO_ROLE, LIST)

    (row,) = [row for row in page.all("tr") if asked().number in row.text]
    assert row.one("td", data_label="Product").text == "Windows Server 2019 Advisory"
    assert "Planning a migration" in row.text


@pytest.mark.parametrize("role", [Role.GLOBAL_ADMIN, Role.MPN_PARTNER_ADMIN, Role.ADMIN_AGENT])
def test_request_is_seen_without_its_text_by_those_in_charge(role: Role):
    request = asked()
    reader = AffiliationFactory(partner=partner(FABRIKAM), roles=[role]).user

    main, listed = (main_of(visit(reader, url)) for url in (address(request), LIST))

    facts = dict(zip(main.texts("dt"), main.texts("dd"), strict=True))
    assert set(facts) == {"State", "Product", "Kind", "Opened"}
    assert "It used 6 hours of Gold (Fabrikam). The plan now has 44 hours remaining." in main.text
    for page in (main, listed):
        assert request.topic not in page.text
        assert request.title not in page.text
    assert request.number in listed.text


def test_nothing_on_the_pages_of_such_a_request_speaks_of_incidents():
    request = asked()
    pages = [main_of(visit(who, address(request))) for who in (NO_ROLE, STAFF)]

    closed = press(STAFF, request, "close", reason="DUPLICATE")

    for page in (*pages, main_of(closed)):
        assert "incident" not in page.text.lower()
    assert alerts(closed) == [
        f"Request {request.number} is closed; its hours were returned: 50 of 50 hours left."
    ]


# --- deducting -------------------------------------------------------------------------------


def test_support_deducts_the_hours_once_on_the_requests_page():
    request = asked_now()

    page = press(STAFF, request, "deduct", hours="4")
    again = press(STAFF, request, "deduct", hours="4", status=409)

    assert alerts(page) == [f"4 hours are deducted for request {request.number}. Left: 40."]
    assert (
        "It used 4 hours of Gold (Fabrikam). The plan now has 40 hours remaining."
        in main_of(page).text
    )
    assert not main_of(page).has("input", name="hours")
    reason = next(item for item in reasons_not_to(main_of(page)) if "Deduct hours" in item)
    assert "4 hours were deducted for this request on 20 November 2026." in reason
    assert main_of(again).one(cls="alert--error").attrs["data-code"] == "already_deducted"


@pytest.mark.parametrize("typed", ["", "0", "-3", "1.5", "three", "9" * 30])
def test_support_is_asked_for_whole_hours(typed):
    request = asked_now()

    page = press(STAFF, request, "deduct", hours=typed, status=400)

    assert "Enter whole hours, such as 3." in main_of(page).one(cls="error-summary").text
    # A browser would not show what is no number in the field of one.
    shown = "" if typed == "three" else typed
    assert main_of(page).one("input", name="hours").attrs.get("value", "") == shown
    assert plan(FABRIKAM, None).remaining == 44


def test_support_is_told_that_unlimited_presales_deduct_nothing():
    request = asked("admin@wingtip.example", "PRESALES")

    main = main_of(visit(STAFF, address(request)))
    refused = press(STAFF, request, "deduct", hours="1", status=409)

    assert not main.has("input", name="hours")
    told = "Presales requests are unlimited with Silver and deduct nothing."
    assert any(told in item for item in reasons_not_to(main))
    assert told in main_of(refused).one(cls="alert--error").text


def test_request_looked_up_by_its_number_opens_although_it_has_no_contract():
    response = client_of(STAFF).post(reverse("support:staff-desk"), {"query": asked().number})

    assert response.url == address(asked())
    card = reverse("support:staff-partner", args=[FABRIKAM])
    assert visit(STAFF, response.url).has("a", href=card)

"""Which language a page is in, and how one gets another one."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from partners.models import User
from portal import languages
from tests.pages.html import Element
from tests.pages.visits import account, client_of, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

FRITZ = "admin@fabrikam.example"
SWITCH = "/account/language"
SIGN_IN = "/accounts/login/"
RESET_SUBJECT = "Your password in Partner Center (Simulation)"
REQUESTS = "/supportforbusiness/manage"


def browser(*, account_speaks: str | None, cookie: str, accepts: str) -> Client:
    """Return a browser; an account without a language of its own has "", None is nobody."""
    if account_speaks is not None:
        User.objects.filter(email=FRITZ).update(language=account_speaks)
    client: Client = client_of(None if account_speaks is None else FRITZ)
    if cookie:
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = cookie
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = accepts
    return client


@pytest.mark.parametrize(
    ("account_speaks", "cookie", "accepts", "spoken"),
    [
        ("hu", "sv", "ru", "hu"),
        ("", "sv", "ru", "sv"),
        ("", "", "ru", "ru"),
        ("xx", "", "", "en"),
        ("", "xx", "fr, sv;q=0.5", "sv"),
        (None, "sv", "ru", "sv"),
        (None, "", "zh-TW", "zh-hant"),
        (None, "", "zh-HK, en;q=0.5", "zh-hant"),
        (None, "", "zh-CN", "zh-hans"),
        (None, "", "zh", "zh-hans"),
        (None, "", "hu-HU", "hu"),
        (None, "", "fr", "en"),
        (None, "../ru", "x" * 600, "en"),
        (None, "", "", "en"),
    ],
)
def test_language_is_the_accounts_then_the_cookies_then_the_browsers(
    account_speaks: str | None, cookie: str, accepts: str, spoken: str
):
    client = browser(account_speaks=account_speaks, cookie=cookie, accepts=accepts)

    response = client.get(SIGN_IN if account_speaks is None else REQUESTS)

    said = (response["Content-Language"], page_of(response).one("html").attrs["lang"])
    assert said == (spoken, spoken)
    assert "Accept-Language" in response["Vary"]
    assert "Cookie" in response["Vary"]


def test_error_pages_are_in_the_accounts_language_too():
    client = browser(account_speaks="sv", cookie="", accepts="en")

    answers = [client.get("/nowhere"), client.get(SWITCH), client.get("/staff/")]

    assert [(a.status_code, a["Content-Language"]) for a in answers] == [
        (404, "sv"),
        (405, "sv"),
        (403, "sv"),
    ]
    assert all(page_of(a).one("html").attrs["lang"] == "sv" for a in answers)


# --- the switch ------------------------------------------------------------------------------


def switches(page: Element) -> list[Element]:
    """Return the forms that change the language: the bar's and, signed in, the account menu's."""
    forms = page.all("form", action=SWITCH)
    assert len(forms) == 1 + len(page.all("span", cls="avatar--large"))
    return forms


def switch_of(page: Element) -> tuple[str, dict[str, str]]:
    """Return where the switch of this page leads back to, and what it offers."""
    form = switches(page)[0]
    offered = {button.attrs["value"]: button.text for button in form.all("button")}
    return form.one("input", name="page").attrs["value"], offered


@pytest.mark.parametrize("who", [None, FRITZ])
def test_every_frame_offers_the_six_languages_and_marks_the_one_spoken(who: str | None):
    pages = {
        None: [SIGN_IN, "/", "/help/"],
        FRITZ: [reverse("dashboard"), REQUESTS, "/portals/azure/", "/nowhere"],
    }
    for address in pages[who]:
        page = page_of(client_of(who).get(address))

        assert switch_of(page) == (address, languages.NAMES)
        for form in switches(page):
            chosen = form.all("button", aria_current="true")
            assert [button.attrs["lang"] for button in chosen] == ["en"]
            for button in form.all("button"):
                assert button.attrs["lang"] == button.attrs["value"]


@pytest.mark.parametrize("who", [None, FRITZ])
def test_switch_keeps_the_address_and_is_remembered(who: str | None):
    client = client_of(who)
    address = "/accounts/login/?next=/x%3Fa%3D1" if who is None else f"{REQUESTS}?state=OPEN&q=%26"
    back, _offered = switch_of(page_of(client.get(address)))

    response = client.post(SWITCH, {"language": "sv", "page": back})

    assert (response.status_code, response["Location"], back) == (302, address, address)
    assert client.get(address)["Content-Language"] == "sv"
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "sv"
    if who is not None:
        assert account(FRITZ).language == "sv"
        assert client_of(FRITZ).get(address)["Content-Language"] == "sv"


def test_switch_of_a_forms_answer_leads_to_the_page_of_the_form():
    client = client_of(FRITZ)
    page, form = reverse("partners:users"), reverse("partners:user-add")

    answer = client.post(form, {}, headers={"Referer": f"http://testserver{page}?q=a"})

    assert (answer.status_code, switch_of(page_of(answer))[0]) == (400, f"{page}?q=a")


@pytest.mark.parametrize("language", ["", "xx", "EN", "sv-SE", "../sv"])
def test_language_that_is_not_spoken_changes_nothing(language: str):
    client = client_of(FRITZ)

    response = client.post(SWITCH, {"language": language, "page": REQUESTS})

    assert (response.status_code, response["Location"]) == (302, REQUESTS)
    assert (account(FRITZ).language, settings.LANGUAGE_COOKIE_NAME in client.cookies) == ("", False)


@pytest.mark.parametrize(
    "elsewhere", ["", "https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"]
)
def test_switch_leads_to_no_other_site(elsewhere: str):
    response: Any = client_of(None).post(SWITCH, {"language": "sv", "page": elsewhere})

    assert (response.status_code, response["Location"]) == (302, "/")


@pytest.mark.parametrize(("own", "spoken"), [("ru", "ru"), ("", "sv")])
def test_mail_for_a_password_is_in_the_accounts_language(mailoutbox: Any, own: str, spoken: str):
    User.objects.filter(email=FRITZ).update(language=own)
    client = Client(headers={"Accept-Language": "sv"})

    client.post(reverse("account_reset_password"), {"email": FRITZ})

    (mail,) = mailoutbox
    with translation.override(spoken):
        assert mail.subject == gettext(RESET_SUBJECT)
    assert mail.subject != RESET_SUBJECT

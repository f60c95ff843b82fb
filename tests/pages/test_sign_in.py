"""Signing in, out, and in again with a new password, as the pages let one."""

import re
from typing import Any

import pytest
from django.urls import reverse

from partnercenter.demo import accounts
from partnercenter.demo.accounts import PASSWORD
from partners.models import User
from tests.pages.html import Element
from tests.pages.visits import STAFF, TECHNICAL, client_of, main_of, page_of, plan, visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

LOGIN = "/accounts/login/"
FRITZ = "admin@fabrikam.example"
NEW_PASSWORD = "quite another passphrase"
WRONG = "The email address and/or password you specified are not correct."


def sign_in(client: Any, email: str = FRITZ, password: str = PASSWORD, **more: str) -> Any:
    """Send the sign-in form."""
    return client.post(LOGIN, {"login": email, "password": password, **more})


def refusals(response: Any) -> list[str]:
    """Return what the form says is wrong."""
    assert response.status_code == 200
    return page_of(response).one(cls="error-summary").texts("li")


@pytest.mark.parametrize("account", accounts.listed_accounts(), ids=lambda a: a.email)
def test_every_listed_account_signs_in_with_the_password_of_the_demo(account: Any):
    client = client_of(None)

    response = sign_in(client, account.email)

    assert (response.status_code, response.url) == (302, "/")
    page = page_of(client.get("/", follow=True))
    assert account.name in page.one("details", cls="account-menu").text


@pytest.mark.parametrize("typed", ["ADMIN@FABRIKAM.EXAMPLE", " Admin@Fabrikam.example "])
def test_sign_in_takes_the_address_in_any_case(typed: str):
    assert sign_in(client_of(None), typed).url == "/"


def test_sign_in_form_posts_to_itself_and_names_its_fields():
    main = main_of(visit(None, LOGIN))

    form = main.one("form")
    assert form.attrs["action"] == LOGIN
    assert [field.attrs["type"] for field in form.all("input") if "id" in field.attrs] == [
        "email",
        "password",
    ]
    assert main.has("a", href=reverse("account_reset_password"))


def test_wrong_password_gets_the_same_page_for_known_and_unknown_accounts():
    known = sign_in(client_of(None), FRITZ, "wrong")
    unknown = sign_in(client_of(None), "nobody@fabrikam.example", "wrong")

    assert refusals(known) == refusals(unknown) != []
    assert without_address(main_of(page_of(known))) == without_address(main_of(page_of(unknown)))


def without_address(main: Element) -> str:
    """Return the words of the page and of its fields, but for what was typed."""
    return main.text + str([field.attrs.get("id") for field in main.all("input")])


def test_wrong_password_is_not_shown_again():
    response = sign_in(client_of(None), FRITZ, "so very wrong")

    assert "so very wrong" not in response.content.decode()
    assert page_of(response).one("input", type="email").attrs["value"] == FRITZ


def test_eleventh_attempt_is_refused_until_a_time_even_with_the_right_password():
    client = client_of(None)
    for _guess in range(10):
        sign_in(client, FRITZ, "wrong")

    (refusal,) = refusals(sign_in(client))

    assert re.search(r"Too many attempts\. You can try again at \d\d:\d\d\.", refusal)
    assert "_auth_user_id" not in client.session


def test_sign_in_changes_the_session_key():
    client = client_of(None)
    client.get(LOGIN)
    planted = client.session
    planted["planted"] = True
    planted.save()
    client.cookies["sessionid"] = planted.session_key

    sign_in(client)

    assert client.session.session_key != planted.session_key


@pytest.mark.parametrize(
    "evil",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
        " https://evil.example",
    ],
)
def test_sign_in_never_leads_to_another_site(evil: str):
    assert sign_in(client_of(None), next=evil).url == "/"


def test_sign_in_leads_back_to_the_page_that_was_asked_for():
    client = client_of(None)
    asked = client.get(f"{TECHNICAL}?a=b")
    assert asked.url == f"{LOGIN}?next={TECHNICAL}%3Fa%3Db"

    held = page_of(client.get(asked.url)).one("input", name="next").attrs["value"]

    assert sign_in(client, next=held).url == f"{TECHNICAL}?a=b"


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        (f"http://testserver{TECHNICAL}", TECHNICAL),
        ("https://evil.example/x", "/"),
        ("", "/"),
    ],
)
def test_form_sent_without_an_account_leads_back_to_its_page_not_to_its_address(
    referer: str, back: str
):
    url = reverse("benefits:activate", args=[plan(accounts.CONTOSO).public_id])

    response = client_of(None).post(url, headers={"referer": referer})

    assert response.url == f"{LOGIN}?next={back}"


def test_sign_out_asks_first_and_then_ends_the_session():
    client = client_of(FRITZ)
    main = main_of(page_of(client.get("/accounts/logout/")))
    assert main.one("form").attrs["action"] == "/accounts/logout/"
    assert client.get(TECHNICAL).status_code == 200

    response = client.post("/accounts/logout/")

    assert (response.status_code, response.url) == (302, "/")
    assert client.get(TECHNICAL).status_code == 302


def test_sign_up_is_closed_and_says_who_gives_accounts():
    main = main_of(visit(None, "/accounts/signup/"))

    assert main.one("h1").text == "Accounts are given, not made here"
    assert not main.has("form")


def ask_for_reset(email: str) -> Any:
    """Send the form of the forgotten password."""
    return client_of(None).post("/accounts/password/reset/", {"email": email}, follow=True)


def test_reset_answers_the_same_for_known_and_unknown_accounts():
    known, unknown = ask_for_reset(FRITZ), ask_for_reset("nobody@fabrikam.example")

    assert main_of(page_of(known)) == main_of(page_of(unknown))
    assert main_of(page_of(known)).one("h1").text == "Look in your mail"


def link_in(mail: Any) -> str:
    """Return the path of the link in the mail."""
    (url,) = re.findall(r"http://testserver(/\S+)", mail.body)
    return str(url)


def test_reset_mail_lets_one_choose_a_new_password_once(mailoutbox: list[Any]):
    ask_for_reset(FRITZ)
    (mail,) = mailoutbox
    client = client_of(None)
    page = page_of(client.get(link_in(mail), follow=True))
    action = page.one("main").one("form").attrs["action"]

    response = client.post(action, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})

    assert response.url == reverse("account_reset_password_from_key_done")
    assert refusals(sign_in(client_of(None)))
    assert sign_in(client_of(None), password=NEW_PASSWORD).url == "/"
    again = main_of(page_of(client_of(None).get(link_in(mail), follow=True)))
    assert again.one("h1").text == "This link no longer works"


def test_reset_mail_goes_to_the_account_and_holds_no_password(mailoutbox: list[Any]):
    ask_for_reset(FRITZ.upper())

    (mail,) = mailoutbox
    assert mail.to == [FRITZ]
    assert PASSWORD not in mail.body
    assert "http://testserver/accounts/password/reset/key/" in mail.body


def test_reset_page_never_puts_the_key_where_other_sites_see_it(mailoutbox: list[Any]):
    ask_for_reset(FRITZ)

    response = client_of(None).get(link_in(mailoutbox[0]))

    key = link_in(mailoutbox[0]).rstrip("/").rsplit("-", 1)[-1]
    assert response.status_code == 302
    assert key not in response.url


@pytest.mark.parametrize("password", ["short", "elevenchars", "password1234"])
def test_new_password_that_is_too_easy_is_refused(password: str):
    client = client_of(FRITZ)
    fields = {"oldpassword": PASSWORD, "password1": password, "password2": password}

    assert refusals(client.post("/accounts/password/change/", fields))


def test_changed_password_signs_out_everywhere():
    client, elsewhere = client_of(FRITZ), client_of(FRITZ)
    fields = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}

    client.post("/accounts/password/change/", fields)

    assert [c.get(TECHNICAL).status_code for c in (client, elsewhere)] == [302, 302]
    assert sign_in(client_of(None), password=NEW_PASSWORD).url == "/"


def test_account_that_was_deactivated_cannot_sign_in():
    User.objects.filter(email=FRITZ).update(is_active=False)
    client = client_of(None)

    sign_in(client)

    assert "_auth_user_id" not in client.session


def test_signed_in_account_is_not_asked_again():
    response = client_of(STAFF).get(LOGIN)

    assert (response.status_code, response.url) == (302, "/")

"""Signing in: one answer for known and unknown accounts, counted per account and per address."""

import pytest
from django.urls import reverse

from partners.models import User
from portal.models import ThrottleBucket
from tests.factories import PASSWORD, UserFactory

# Sentences are read from the form, templates by their names.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("watched_templates")]

EMAIL = "ana@contoso.example"


@pytest.fixture
def ana():
    """Return an account that can sign in with PASSWORD."""
    return UserFactory(email=EMAIL, with_password=True)


def sign_in(client, *, email=EMAIL, password=PASSWORD, address="203.0.113.7"):
    """Send the sign-in form."""
    return client.post(
        reverse("account_login"), {"login": email, "password": password}, REMOTE_ADDR=address
    )


def fail(client, times, **form):
    """Send the form with a wrong password so often; return the sentences of the last answer."""
    for _time in range(times):
        response = sign_in(client, **{"password": "wrong", **form})
    return sentences(response)


def sentences(response):
    """Return the errors that the form shows."""
    return [str(error) for errors in response.context["form"].errors.values() for error in errors]


def is_signed_in(client):
    """Whether the client's session belongs to somebody."""
    return "_auth_user_id" in client.session


def hits(scope):
    """Return how many failures are counted by key."""
    return {b.key: len(b.hits) for b in ThrottleBucket.objects.filter(scope=scope) if b.hits}


@pytest.mark.parametrize("typed", [EMAIL, "ANA@Contoso.Example", f" {EMAIL} "])
def test_sign_in_with_address_and_password_opens_the_portal(client, ana, typed):
    response = sign_in(client, email=typed)

    assert (response.status_code, response["Location"]) == (302, reverse("home"))
    assert client.session["_auth_user_id"] == str(ana.pk)


def test_sign_in_ends_with_the_browser(client, ana):
    sign_in(client)

    assert client.session.get_expire_at_browser_close() is True


def test_known_and_unknown_accounts_get_the_same_answer(client, ana):
    known = fail(client, 1)
    unknown = fail(client, 1, email="nobody@contoso.example")

    assert known == unknown != []
    assert is_signed_in(client) is False


@pytest.mark.parametrize("traits", [{"inactive": True}, {"password": "!"}])
def test_account_that_cannot_sign_in_is_not_let_in(client, traits):
    UserFactory(**{"email": EMAIL, "with_password": True, **traits})

    sign_in(client)

    assert is_signed_in(client) is False


def test_ten_failures_close_the_account_even_to_the_right_password(client, ana):
    fail(client, 10)

    refused = sentences(sign_in(client))

    assert is_signed_in(client) is False
    assert [sentence.split(".")[0] for sentence in refused] == ["Too many attempts"]


def test_ten_failures_close_an_unknown_account_just_the_same(client):
    fail(client, 10, email="nobody@contoso.example")

    refused = fail(client, 1, email="nobody@contoso.example")

    assert [sentence.split(".")[0] for sentence in refused] == ["Too many attempts"]


def test_nine_failures_let_the_right_password_in(client, ana):
    fail(client, 9)

    sign_in(client)

    assert is_signed_in(client) is True


def test_failures_are_counted_whatever_the_case_of_the_address(client, ana):
    fail(client, 5, email="ANA@contoso.example")
    fail(client, 5)

    assert hits("sign-in-account") == {EMAIL: 10}


def test_other_accounts_stay_open(client, ana):
    fail(client, 10, email="li@contoso.example")

    sign_in(client)

    assert is_signed_in(client) is True


def test_fifty_failures_close_the_address(client, ana):
    for number in range(50):
        fail(client, 1, email=f"person{number}@contoso.example")

    refused = sentences(sign_in(client))

    assert [sentence.split(".")[0] for sentence in refused] == ["Too many attempts"]
    assert is_signed_in(client) is False


def test_fifty_failures_from_one_address_leave_the_others_open(client, ana):
    for number in range(50):
        fail(client, 1, email=f"person{number}@contoso.example")

    sign_in(client, address="198.51.100.1")

    assert hits("sign-in-address") == {"203.0.113.7": 50}
    assert is_signed_in(client) is True


def test_success_is_not_counted(client, ana):
    sign_in(client)

    assert (hits("sign-in-account"), hits("sign-in-address")) == ({}, {})


def test_success_after_failures_leaves_them_counted(client, ana):
    fail(client, 3)

    sign_in(client)

    assert (hits("sign-in-account"), hits("sign-in-address")) == ({EMAIL: 3}, {"203.0.113.7": 3})


def test_refused_attempts_do_not_prolong_the_wait(client, ana):
    fail(client, 13)

    assert hits("sign-in-account") == {EMAIL: 10}


# --- a forgotten password --------------------------------------------------------------------


def ask_for_reset(client, *, email=EMAIL):
    """Send the form for a reset link; return the errors that it shows."""
    response = client.post(
        reverse("account_reset_password"), {"email": email}, REMOTE_ADDR="203.0.113.7"
    )
    return sentences(response) if response.status_code == 200 else []


def test_reset_is_answered_alike_for_known_and_unknown_accounts(client, ana, mailoutbox):
    answers = [ask_for_reset(client, email=email) for email in (EMAIL, "nobody@contoso.example")]

    assert answers == [[], []]
    assert [mail.to for mail in mailoutbox if mail.to == [EMAIL]] == [[EMAIL]]


def test_sixth_reset_within_the_hour_is_refused(client, ana, mailoutbox):
    for _time in range(5):
        ask_for_reset(client)

    refused = ask_for_reset(client)

    assert [sentence.split(".")[0] for sentence in refused] == ["Too many attempts"]
    assert len(mailoutbox) == 5


# --- no sign-up ------------------------------------------------------------------------------


def test_there_is_no_public_sign_up(client):
    response = client.post(reverse("account_signup"), {"email": EMAIL, "password1": PASSWORD})

    assert response.templates[0].name == "account/signup_closed.html"
    assert User.objects.filter(email=EMAIL).exists() is False

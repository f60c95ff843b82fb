"""The mail to who was added: a link that sets a password once, or how to begin with the old one."""

import re

import pytest
from django.urls import reverse

from partners.models import Affiliation, User
from tests.factories import PASSWORD, AffiliationFactory, PartnerFactory
from tests.pages.visits import client_of, main_of, page_of
from tests.stories import admin_of

# The mail leaves after the commit, so there has to be one.
pytestmark = pytest.mark.django_db(transaction=True)

EMAIL = "ingrid@contoso.example"
NEW_PASSWORD = "a quiet afternoon in autumn"


def add(**changes):
    """Add Ingrid Holm to Contoso by the page."""
    partner = PartnerFactory(name="Contoso & Sons", mpn_id="4123456")
    form = {"email": EMAIL, "name": "Ingrid Holm", "programs": ["MPN"], **changes}
    return client_of(admin_of(partner)).post(reverse("partners:user-add"), form)


def links_in(mail):
    """Return the paths of the addresses in the mail."""
    return re.findall(r"http://testserver(/\S+)", mail.body)


def test_new_account_gets_a_link_that_sets_its_password_once(mailoutbox):
    response = add()

    (mail,) = mailoutbox
    password_link, sign_in = links_in(mail)
    assert response.url == reverse("partners:user", args=[User.objects.get(email=EMAIL).public_id])
    assert (mail.to, mail.subject) == (
        [EMAIL],
        "Your account for Contoso & Sons in Partner Center (Simulation)",
    )
    assert mail.body.startswith(
        "A Global admin of Contoso & Sons (MPN ID 4123456) made an account for you in Partner "
        "Center (Simulation).\n\nTo choose a password, open this address. It works once, for 3 "
        "days:"
    )
    assert sign_in == reverse("account_login")
    choose(password_link)
    signed_in = client_of(None)
    signed_in.post(sign_in, {"login": EMAIL, "password": NEW_PASSWORD})
    assert signed_in.get(reverse("dashboard")).status_code == 200
    again = main_of(page_of(client_of(None).get(password_link, follow=True)))
    assert again.one("h1").text == "This link no longer works"


def choose(link):
    """Open the link of the mail, and choose the new password."""
    client = client_of(None)
    form = main_of(page_of(client.get(link, follow=True))).one("form")
    passwords = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    response = client.post(form.attrs["action"], passwords)
    assert response.url == reverse("account_reset_password_from_key_done")


def test_account_with_a_password_keeps_it_and_is_told_how_to_switch(mailoutbox):
    AffiliationFactory(user__email=EMAIL, user__with_password=True)

    add()

    (mail,) = mailoutbox
    assert mail.subject == "You can act for Contoso & Sons in Partner Center (Simulation)"
    assert links_in(mail) == [reverse("account_login")]
    assert User.objects.get(email=EMAIL).check_password(PASSWORD)


def test_account_that_never_chose_a_password_gets_a_link_again(mailoutbox):
    AffiliationFactory(user__email=EMAIL)

    add()

    choose(links_in(mailoutbox[0])[0])
    assert User.objects.get(email=EMAIL).check_password(NEW_PASSWORD)


def test_refused_addition_mails_nobody(mailoutbox):
    assert add(email="ingrid").status_code == 400
    assert mailoutbox == []


def test_user_is_added_also_when_the_mail_cannot_leave(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    assert add().status_code == 302

    assert Affiliation.objects.filter(user__email=EMAIL).exists()


@pytest.mark.parametrize(("own", "begins"), [("sv", "Du kan agera för "), ("", "You can act for ")])
def test_mail_is_in_the_language_of_who_gets_it(mailoutbox, own: str, begins: str):
    AffiliationFactory(user__email=EMAIL, user__language=own, user__with_password=True)

    add()

    (mail,) = mailoutbox
    assert mail.subject.startswith(begins)

"""Pages for those who are signed in: where others are sent, and where they come back to."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse

from partners.pages import signed_in
from tests.factories import UserFactory


@signed_in
def page(request, number):
    """Answer with the number."""
    return HttpResponse(number)


def answer(rf, user, *, method="GET", path="/manage?page=2", referer=None):
    """Return the page's answer to the account."""
    headers = {"Referer": referer} if referer else {}
    request = rf.generic(method, path, headers=headers)
    request.user = user
    return page(request, "7")


def test_page_is_shown_to_a_signed_in_account(rf):
    assert answer(rf, UserFactory.build()).content == b"7"


@pytest.mark.parametrize(
    ("method", "referer", "location"),
    [
        ("GET", None, "/accounts/login/?next=/manage%3Fpage%3D2"),
        ("HEAD", None, "/accounts/login/?next=/manage%3Fpage%3D2"),
        # A form is not sent again; the page that it stands on opens.
        ("POST", "http://testserver/plans?x=1", "/accounts/login/?next=/plans%3Fx%3D1"),
        ("POST", None, "/accounts/login/?next=/"),
        ("POST", "https://elsewhere.example/plans", "/accounts/login/?next=/"),
        ("POST", "//elsewhere.example/plans", "/accounts/login/?next=/"),
        ("POST", "javascript:alert(1)", "/accounts/login/?next=/"),
    ],
)
def test_anonymous_caller_is_asked_to_sign_in_and_comes_back(rf, method, referer, location):
    response = answer(rf, AnonymousUser(), method=method, referer=referer)

    assert (response.status_code, response["Location"]) == (302, location)

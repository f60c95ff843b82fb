"""Calls that no view gets to read: refused in the words of the description all the same."""

import pytest

from tests.api.calls import client_caller
from tests.api.described import hold
from tests.factories import PartnerFactory

pytestmark = pytest.mark.django_db
EVENTS = "/api/v1/events"
REQUESTS = "/api/v1/supportRequests"


@pytest.mark.parametrize("query", [{"after": "a\x00b"}, {"a\x00b": "1"}])
def test_address_with_nul_is_refused_as_a_filter(query):
    response = client_caller(PartnerFactory()).get(EVENTS, **query)

    assert (response.status_code, response.json()["code"]) == (400, "invalid_filter")


@pytest.mark.parametrize(
    "media_type",
    ["multipart/form-data", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"],
)
def test_form_in_place_of_json_is_refused_as_another_media_type(media_type):
    caller = client_caller(PartnerFactory())

    response = caller.browser.generic(
        "POST",
        REQUESTS,
        data="title=a%00b",
        content_type=media_type,
        headers={"Authorization": f"Bearer {caller.token}"},
    )

    hold(response, path=REQUESTS, method="POST")
    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")

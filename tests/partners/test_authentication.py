"""Who calls the API: by an access token or a browser session, asked through GET partners."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIRequestFactory

from partners.authentication import BearerAuthentication, BrowserAuthentication
from partners.models import ApiClient, Partner, User
from partners.roles import Permission, Role
from partners.scopes import PARTNER_SCOPES
from portal.rest.views import ApiView, operation
from tests.factories import (
    CLIENT_SECRET,
    AffiliationFactory,
    ApiClientFactory,
    PartnerFactory,
    UserFactory,
    token_of,
)

pytestmark = pytest.mark.django_db

PARTNERS = "/api/v1/partners"


def call(token, *, scheme="Bearer"):
    """Call the API with a token."""
    return Client().get(PARTNERS, headers={"Authorization": f"{scheme} {token}"})


def companies(response):
    """Return the MPN IDs in the answer."""
    assert response.status_code == 200, response.content
    return [item["mpnId"] for item in response.json()["items"]]


# --- tokens ----------------------------------------------------------------------------------


def test_token_shows_its_client_its_own_partner():
    client = ApiClientFactory()
    PartnerFactory()

    assert companies(call(token_of(client))) == [client.partner.mpn_id]


def test_token_from_the_endpoint_opens_the_api():
    client = ApiClientFactory()
    form = {
        "grant_type": "client_credentials",
        "client_id": client.client_id,
        "client_secret": CLIENT_SECRET,
    }

    token = Client().post("/oauth/token", form).json()["access_token"]

    assert companies(call(token)) == [client.partner.mpn_id]


def test_token_of_staff_shows_every_partner():
    mpn_ids = [PartnerFactory().mpn_id for _partner in range(2)]

    assert sorted(companies(call(token_of(ApiClientFactory(staff=True))))) == sorted(mpn_ids)


@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
def test_scheme_is_known_in_any_case(scheme):
    client = ApiClientFactory()

    assert companies(call(token_of(client), scheme=scheme)) == [client.partner.mpn_id]


def refused_as_unknown(response):
    """Whether the answer is the one that every token gets that does not hold."""
    body = response.json()
    return (
        response.status_code == 401
        and response["Content-Type"] == "application/problem+json"
        and response["WWW-Authenticate"].startswith('Bearer realm="api"')
        and body["code"] == "not_authenticated"
    )


@pytest.mark.parametrize("token", ["", "unknown", "a b", "é"])
def test_token_that_is_unknown_is_refused(token):
    assert refused_as_unknown(call(token))


@pytest.mark.parametrize("scheme", ["Basic", "Token", "Bear"])
def test_token_under_another_scheme_is_refused(scheme):
    assert refused_as_unknown(call(token_of(ApiClientFactory()), scheme=scheme))


def test_call_without_token_or_session_is_refused():
    assert refused_as_unknown(Client().get(PARTNERS))


def test_token_holds_until_its_last_second_and_not_after():
    client = ApiClientFactory()
    valid, expired = (token_of(client, lifetime=timedelta(seconds=seconds)) for seconds in (60, 0))

    assert call(valid).status_code == 200
    assert refused_as_unknown(call(expired))


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        (Partner, {"in_mpn": False, "in_csp": True}),
        (Partner, {"is_active": False}),
        (User, {"is_active": False}),
        (ApiClient, {"revoked": True}),
    ],
)
def test_token_stops_with_its_client(model, changes, now):
    client = ApiClientFactory()
    token = token_of(client)
    assert call(token).status_code == 200
    if "revoked" in changes:
        changes = {"revoked_at": now, "revoked_by": client.user}

    model.objects.update(**changes)

    assert refused_as_unknown(call(token))


def test_scope_that_was_taken_away_is_gone_from_the_token():
    client = ApiClientFactory(scopes=["entitlements.read", "events.read"])
    token = token_of(client)

    ApiClient.objects.update(scopes=["events.read"])

    response = call(token)
    assert (response.status_code, response.json()["code"]) == (403, "insufficient_scope")
    assert response.json()["facts"] == {"scope": "entitlements.read", "given": ["events.read"]}


def test_scope_that_was_added_needs_a_new_token():
    client = ApiClientFactory(scopes=["events.read"])
    before = token_of(client)
    ApiClient.objects.update(scopes=["entitlements.read", "events.read"])
    client.refresh_from_db()

    assert call(before).status_code == 403
    assert call(token_of(client)).status_code == 200


def test_token_may_be_good_for_less_than_its_client_has():
    client = ApiClientFactory(scopes=["entitlements.read", "events.read"])

    assert call(token_of(client, scopes=["events.read"])).status_code == 403


def test_token_never_reads_the_session_beside_it():
    with_session = Client()
    with_session.force_login(AffiliationFactory(roles=[Role.GLOBAL_ADMIN]).user)

    response = with_session.get(PARTNERS, headers={"Authorization": "Bearer unknown"})

    assert refused_as_unknown(response)


def test_token_client_user_and_partner_are_read_in_one_statement():
    client = ApiClientFactory()
    request = ApiView().initialize_request(
        APIRequestFactory().get(PARTNERS, headers={"Authorization": f"Bearer {token_of(client)}"})
    )

    with CaptureQueriesContext(connection) as captured:
        found = BearerAuthentication().authenticate(request)
        assert found is not None
        user, token = found
        seen = (user.name, token.client.partner, request._request.acting.mpn_id)

    assert seen == (client.name, client.partner, client.partner.mpn_id)
    assert len(captured) == 1


@pytest.mark.parametrize(
    ("scopes", "rights"),
    [
        (PARTNER_SCOPES, {"activate", "see_linked_accounts", "partner_requests"}),
        (["events.read", "contracts.ids"], set()),
        (["requests.read"], {"partner_requests"}),
    ],
)
def test_token_carries_the_rights_of_its_scopes_at_its_partner(scopes, rights):
    token = token_of(ApiClientFactory(scopes=list(scopes)))
    request = ApiView().initialize_request(
        APIRequestFactory().get(PARTNERS, headers={"Authorization": f"Bearer {token}"})
    )

    BearerAuthentication().authenticate(request)

    assert {p.value for p in Permission if request._request.acting.may(p)} == rights


# --- browser sessions ------------------------------------------------------------------------


def test_session_shows_its_account_its_partners():
    at = AffiliationFactory()
    PartnerFactory()
    browser = Client()
    browser.force_login(at.user)

    assert companies(browser.get(PARTNERS)) == [at.partner.mpn_id]


def test_session_of_staff_shows_every_partner():
    mpn_id = PartnerFactory().mpn_id
    browser = Client()
    browser.force_login(UserFactory(staff=True))

    assert companies(browser.get(PARTNERS)) == [mpn_id]


class Echo(ApiView):
    """A call that changes something, to see who may make it."""

    tag = "Partners"
    authentication_classes = (BearerAuthentication, BrowserAuthentication)

    @operation(name="echo", summary="Echo", scope=None, answers={})
    def post(self, request):
        """Do nothing."""
        raise AssertionError("nobody gets here without a token against forgery")


def test_session_without_token_against_forgery_changes_nothing():
    request = APIRequestFactory(enforce_csrf_checks=True).post(PARTNERS, {}, format="json")
    request.user = AffiliationFactory().user

    response = Echo.as_view()(request)

    assert response.status_code == 403

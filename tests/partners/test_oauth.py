"""The token endpoint: who gets a token, with which scopes, and how guessing ends."""

import base64
import hashlib
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import AccessToken

from partners.models import ApiClient
from partners.oauth import TokenEndpoint
from partners.roles import Role
from partners.scopes import PARTNER_SCOPES
from partners.services.clients import rotate_secret
from tests.factories import CLIENT_SECRET, AffiliationFactory, ApiClientFactory

pytestmark = pytest.mark.django_db

SCOPES = ["entitlements.read", "events.read"]


@pytest.fixture
def registered():
    """Return a partner's client with two scopes."""
    return ApiClientFactory(scopes=SCOPES)


def ask(client, *, secret=CLIENT_SECRET, address="192.0.2.1", **more):
    """Ask for a token with id and secret in the form."""
    form = {
        "grant_type": "client_credentials",
        "client_id": getattr(client, "client_id", client),
        "client_secret": secret,
        **more,
    }
    return Client(REMOTE_ADDR=address).post("/oauth/token", form)


def refusal(response):
    """Return status and code of a refusal by RFC 6749."""
    return response.status_code, response.json()["error"]


# --- a token ---------------------------------------------------------------------------------


def test_right_secret_gets_a_token_for_an_hour_that_no_cache_keeps(registered):
    response = ask(registered)

    body = response.json()
    token = body.pop("access_token")
    assert response.status_code == 200
    assert body == {"token_type": "Bearer", "expires_in": 3600, "scope": " ".join(SCOPES)}
    assert len(token) >= 30
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (None, "entitlements.read events.read"),
        ("events.read", "events.read"),
        ("events.read entitlements.read", "events.read entitlements.read"),
    ],
)
def test_client_gets_what_it_asks_for_of_what_it_was_given(registered, asked, given):
    response = ask(registered, **({} if asked is None else {"scope": asked}))

    assert (response.status_code, response.json()["scope"]) == (200, given)


@pytest.mark.parametrize("asked", ["staff", "events.read staff", "requests.read", "unknown", ""])
def test_client_that_asks_for_more_than_it_was_given_gets_nothing(registered, asked):
    response = ask(registered, scope=asked)

    assert refusal(response) == (400, "invalid_scope")
    assert AccessToken.objects.count() == 0


def test_client_of_a_partner_never_gets_the_scope_of_staff():
    everything = ApiClientFactory(scopes=list(PARTNER_SCOPES))

    assert refusal(ask(everything, scope="staff")) == (400, "invalid_scope")
    assert "staff" not in ask(everything).json()["scope"].split()


def test_client_of_staff_gets_the_scope_of_staff():
    response = ask(ApiClientFactory(staff=True))

    assert (response.status_code, response.json()["scope"]) == (200, "entitlements.read staff")


def by_header(named, secret, *, scheme="Basic", **form):
    """Ask for a token with id and secret in the header, for more with what is in the form."""
    pair = base64.b64encode(f"{named}:{secret}".encode()).decode()
    sender = Client(REMOTE_ADDR="192.0.2.1", headers={"Authorization": f"{scheme} {pair}"})
    return sender.post("/oauth/token", {"grant_type": "client_credentials", **form})


def test_id_and_secret_may_come_as_basic_authentication(registered):
    response = by_header(registered.client_id, CLIENT_SECRET)

    assert (response.status_code, response.json()["scope"]) == (200, " ".join(SCOPES))
    assert ApiClient.objects.get().last_token_at is not None


def test_token_is_stored_as_its_checksum_only(registered):
    token = ask(registered).json()["access_token"]

    stored = AccessToken.objects.values().get()
    assert stored["token_checksum"] == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(stored)
    assert (stored["application_id"], stored["user_id"]) == (registered.pk, None)
    lifetime = stored["expires"] - stored["created"]
    assert timedelta(minutes=59) < lifetime <= timedelta(hours=1)


def test_token_is_noted_on_the_client(registered):
    before = timezone.now()

    ask(registered)

    asked_at = ApiClient.objects.get(pk=registered.pk).last_token_at
    assert asked_at is not None
    assert before <= asked_at <= timezone.now()


# --- no token --------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", ["wrong", "", CLIENT_SECRET.upper()])
def test_wrong_secret_gets_nothing(registered, secret):
    assert refusal(ask(registered, secret=secret)) == (401, "invalid_client")
    assert ApiClient.objects.get(pk=registered.pk).last_token_at is None


def test_stored_digest_is_no_secret(registered):
    response = ask(registered, secret=registered.client_secret)

    assert refusal(response) == (401, "invalid_client")


def test_unknown_client_gets_the_same_answer_as_a_wrong_secret(registered):
    unknown, wrong = ask("no-such-client"), ask(registered, secret="wrong")

    assert unknown.status_code == wrong.status_code
    assert unknown.json() == wrong.json()


@pytest.mark.parametrize(
    "traits",
    [
        {"revoked": True},
        {"partner__inactive": True},
        {"partner__csp_only": True},
        {"user__inactive": True},
    ],
)
def test_client_that_was_stopped_gets_nothing(traits):
    assert refusal(ask(ApiClientFactory(**traits))) == (401, "invalid_client")


@pytest.mark.parametrize(
    "grant", ["password", "authorization_code", "refresh_token", "implicit", "", "unknown"]
)
def test_other_grants_are_refused(registered, grant):
    response = ask(registered, grant_type=grant, username="a", password="b", code="c")

    assert response.status_code in (400, 401)
    assert set(response.json()) <= {"error", "error_description"}
    assert AccessToken.objects.count() == 0


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_other_methods_are_refused(method):
    response = getattr(Client(), method)("/oauth/token")

    assert response.status_code == 405


def test_secret_in_the_address_gets_nothing(registered):
    query = f"client_id={registered.client_id}&client_secret={CLIENT_SECRET}"

    response = Client().post(f"/oauth/token?{query}", {"grant_type": "client_credentials"})

    assert response.status_code in (400, 401)
    assert AccessToken.objects.count() == 0


# --- guessing --------------------------------------------------------------------------------


def guess(times, client, **source):
    """Send a wrong secret so often."""
    for _time in range(times):
        assert ask(client, secret="wrong", **source).status_code == 401


def test_eleventh_guess_is_told_to_wait(registered):
    guess(10, registered)

    response = ask(registered, secret="wrong")

    assert refusal(response) == (429, "temporarily_unavailable")
    assert 800 <= int(response["Retry-After"]) <= 901
    assert response["Cache-Control"] == "no-store"
    assert response.json()["error_description"].startswith("Too many attempts.")


def test_right_secret_after_ten_guesses_is_not_looked_at(registered):
    guess(10, registered)

    assert ask(registered).status_code == 429
    assert AccessToken.objects.count() == 0


def test_guesses_from_elsewhere_never_shut_a_client_out(registered):
    guess(10, registered, address="198.51.100.7")

    assert ask(registered, address="192.0.2.1").status_code == 200


def test_guesses_at_another_client_count_there_only(registered):
    guess(10, ApiClientFactory())

    assert ask(registered).status_code == 200


def test_guesses_at_many_clients_from_one_address_end_too(registered):
    for number in range(5):
        guess(10, f"client-of-nobody-{number}")

    assert ask(registered).status_code == 429


def test_right_secret_is_taken_back(registered):
    for _time in range(12):
        assert ask(registered).status_code == 200

    guess(10, registered)


def test_guess_by_basic_authentication_counts_as_well_however_the_id_is_written(registered):
    first, *rest = registered.client_id
    for written in (registered.client_id, f"%{ord(first):02x}{''.join(rest)}"):
        for _time in range(5):
            assert by_header(written, "wrong").status_code == 401

    assert ask(registered).status_code == 429


@pytest.mark.parametrize("scheme", ["Basic", "basic"])
def test_guess_behind_the_id_of_another_client_is_not_looked_at(registered, scheme):
    right = {"client_id": registered.client_id, "client_secret": CLIENT_SECRET}

    response = by_header("another", "x", scheme=scheme, **right)

    assert refusal(response) == (400, "invalid_request")
    assert AccessToken.objects.count() == 0


@pytest.mark.parametrize("client_id", ["a\0b", "a%00b"])
def test_id_that_no_database_takes_is_refused(client_id):
    assert refusal(by_header(client_id, "x")) == (400, "invalid_request")


# --- a new secret meanwhile ------------------------------------------------------------------


def test_old_secret_stops_with_the_new_one(registered, now):
    admin = AffiliationFactory(partner=registered.partner, roles=[Role.GLOBAL_ADMIN]).user

    rotated = rotate_secret(client_id=registered.client_id, by=admin, at=now)

    assert refusal(ask(registered)) == (401, "invalid_client")
    assert ask(registered, secret=rotated.secret).status_code == 200


class Overtaken(TokenEndpoint):
    """An endpoint whose client gets a new secret, or is revoked, while its token is issued."""

    changes: dict = {}

    def create_token_response(self, request):
        """Issue the token, and let somebody change the client just then."""
        answer = super().create_token_response(request)
        ApiClient.objects.update(**self.changes)
        return answer


@pytest.mark.parametrize("change", ["secret", "revoked"])
def test_token_issued_while_its_client_changes_is_taken_back(registered, change, now, rf):
    changes = {
        "secret": {"client_secret": make_password("another")},
        "revoked": {"revoked_at": now, "revoked_by": registered.user},
    }[change]
    form = {
        "grant_type": "client_credentials",
        "client_id": registered.client_id,
        "client_secret": CLIENT_SECRET,
    }

    response = Overtaken.as_view(changes=changes)(rf.post("/oauth/token", form))

    assert (response.status_code, AccessToken.objects.count()) == (401, 0)

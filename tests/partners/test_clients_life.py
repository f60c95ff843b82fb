"""The life of an API client: a new secret, other scopes, its end, and whose it is."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import check_password
from oauth2_provider.models import AccessToken

from partners.models import ApiClient, User
from partners.permissions import NotAuthorized
from partners.roles import Role
from partners.services.clients import (
    ClientInvalid,
    change_scopes,
    revoke_client,
    rotate_secret,
)
from tests.factories import (
    CLIENT_SECRET,
    AffiliationFactory,
    ApiClientFactory,
    UserFactory,
    token_of,
)
from tests.partners.client_records import records

pytestmark = pytest.mark.django_db

READ = ["entitlements.read"]


@pytest.fixture
def admin():
    """Return the affiliation of a partner's Global admin."""
    return AffiliationFactory(
        partner__mpn_id="5123456",
        partner__name="Contoso",
        user__name="Ana Berg",
        roles=[Role.GLOBAL_ADMIN],
    )


@pytest.fixture
def administrator():
    """Return an administrator of the portal."""
    return UserFactory(staff_kind=User.StaffKind.ADMINISTRATOR)


@pytest.fixture
def client(admin):
    """Return a client of the admin's partner."""
    return ApiClientFactory(partner=admin.partner, name="Monitor")


# --- a new secret ----------------------------------------------------------------------------


def test_new_secret_stops_the_old_one_and_all_tokens(admin, client, now):
    other = ApiClientFactory(partner=admin.partner)
    token_of(client)
    token_of(other)

    rotated = rotate_secret(client_id=client.client_id, by=admin.user, at=now)

    stored = ApiClient.objects.get(pk=client.pk)
    assert check_password(rotated.secret, stored.client_secret)
    assert not check_password(CLIENT_SECRET, stored.client_secret)
    assert (len(rotated.secret), stored.secret_changed_at) == (43, now)
    assert [token.application for token in AccessToken.objects.all()] == [other]


def test_new_secret_is_recorded_and_never_told_again(admin, client, now):
    rotated = rotate_secret(client_id=client.client_id, by=admin.user, at=now)

    target = ("client", client.client_id)
    assert records() == [("partners.rotate_client_secret", admin.user, "5123456", *target, {})]
    assert rotated.secret not in f"{records()} {rotated!r}"


def test_new_secret_by_the_same_form_is_given_once(admin, client, now):
    call = {"client_id": client.client_id, "by": admin.user, "at": now, "key": "a-form"}

    first, second = (rotate_secret(**call) for _time in range(2))

    assert (second.is_replay, second.secret) == (True, "")
    assert check_password(first.secret, ApiClient.objects.get(pk=client.pk).client_secret)


# --- other scopes ----------------------------------------------------------------------------


def test_scopes_are_changed_and_recorded(admin, client, now):
    scopes = ["events.read", "requests.read"]

    change_scopes(client_id=client.client_id, scopes=scopes, by=admin.user, at=now)

    wanted = ["requests.read", "events.read"]
    assert ApiClient.objects.get(pk=client.pk).scopes == wanted
    facts = {"before": READ, "scopes": wanted}
    target = ("client", client.client_id)
    assert records() == [("partners.change_client_scopes", admin.user, "5123456", *target, facts)]


def test_scopes_that_stay_the_same_leave_no_trace(admin, client, now):
    change_scopes(client_id=client.client_id, scopes=READ, by=admin.user, at=now)

    assert records() == []


def test_scopes_of_a_client_of_staff_decide_its_kind(administrator, now):
    client = ApiClientFactory(staff=True)

    change_scopes(client_id=client.client_id, scopes=["requests.write"], by=administrator, at=now)

    assert User.objects.get(pk=client.user_id).staff_kind == "SUPPORT_AGENT"


@pytest.mark.parametrize("scopes", [[], ["staff"], ["unknown"]])
def test_scopes_that_a_partners_client_may_not_have_are_refused(admin, client, scopes, now):
    with pytest.raises(ClientInvalid):
        change_scopes(client_id=client.client_id, scopes=scopes, by=admin.user, at=now)

    assert ApiClient.objects.get(pk=client.pk).scopes == READ


# --- revoking --------------------------------------------------------------------------------


def test_revoked_client_and_its_tokens_stop_for_good(admin, client, now):
    token_of(client)

    revoke_client(client_id=client.client_id, by=admin.user, at=now)

    stored = ApiClient.objects.select_related("user").get(pk=client.pk)
    assert (stored.revoked_at, stored.revoked_by, stored.is_revoked) == (now, admin.user, True)
    assert (stored.is_usable(None), AccessToken.objects.count()) == (False, 0)
    target = ("client", client.client_id)
    assert records() == [("partners.revoke_client", admin.user, "5123456", *target, {})]


def test_client_revoked_twice_was_revoked_once(admin, client, now):
    for at in (now, now + timedelta(days=1)):
        revoke_client(client_id=client.client_id, by=admin.user, at=at)

    assert ApiClient.objects.get(pk=client.pk).revoked_at == now
    assert len(records()) == 1


def test_revoked_client_takes_no_new_secret_and_no_scopes(admin, now):
    client = ApiClientFactory(partner=admin.partner, name="Monitor", revoked=True)
    call = {"client_id": client.client_id, "by": admin.user, "at": now}

    for act in (rotate_secret, lambda **call: change_scopes(**call, scopes=["events.read"])):
        with pytest.raises(
            ClientInvalid, match=r"^Monitor was revoked, and that cannot be undone\."
        ):
            act(**call)

    stored = ApiClient.objects.get(pk=client.pk)
    assert (stored.client_secret, stored.scopes) == (client.client_secret, READ)


# --- whose client ----------------------------------------------------------------------------

ACTS = {
    "rotate": rotate_secret,
    "revoke": revoke_client,
    "scopes": lambda **call: change_scopes(**call, scopes=["events.read"]),
}


@pytest.fixture(params=ACTS)
def act(request):
    """Return each of the things that can be done with a client."""
    return ACTS[request.param]


def test_client_of_another_partner_is_absent(admin, act, now):
    elsewhere = ApiClientFactory()
    of_staff = ApiClientFactory(staff=True)

    for client_id in (elsewhere.client_id, of_staff.client_id, "no-such-client"):
        with pytest.raises(ApiClient.DoesNotExist):
            act(client_id=client_id, by=admin.user, at=now)

    assert records() == []


def test_client_of_a_partner_is_absent_to_an_administrator(client, administrator, act, now):
    with pytest.raises(ApiClient.DoesNotExist):
        act(client_id=client.client_id, by=administrator, at=now)


def test_client_of_ones_partner_without_the_right_is_refused(client, act, now):
    colleague = AffiliationFactory(partner=client.partner, roles=[Role.MPN_PARTNER_ADMIN])

    with pytest.raises(NotAuthorized) as refused:
        act(client_id=client.client_id, by=colleague.user, at=now)

    assert refused.value.attempt is not None
    assert refused.value.attempt.target == ("client", client.client_id)
    assert ApiClient.objects.get(pk=client.pk).revoked_at is None


def test_client_of_staff_is_an_administrators(administrator, act, now):
    client = ApiClientFactory(staff=True)
    with pytest.raises(NotAuthorized):
        act(client_id=client.client_id, by=UserFactory(staff=True), at=now)

    # events.read is one of the scopes that staff's clients may have too.
    act(client_id=client.client_id, by=administrator, at=now)

    assert [(record[1], record[2]) for record in records()] == [(administrator, "")]

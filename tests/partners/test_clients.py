"""API clients: who may register, give a new secret, change and stop them, and what is left."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import check_password
from oauth2_provider.models import AccessToken

from partners.models import Affiliation, ApiClient, User
from partners.permissions import NotAuthorized
from partners.roles import Role
from partners.scopes import PARTNER_SCOPES, STAFF_SCOPES
from partners.services.clients import (
    MOST_CLIENTS,
    ClientInvalid,
    change_scopes,
    register_client,
    revoke_client,
    rotate_secret,
)
from portal.idempotency import IdempotencyKeyReused
from portal.models import AuditRecord
from portal.refusals import Attempt
from tests.at_once import act_meanwhile
from tests.factories import (
    CLIENT_SECRET,
    AffiliationFactory,
    ApiClientFactory,
    PartnerFactory,
    UserFactory,
    token_of,
)
from tests.stories import row_counts

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


def records():
    """Return what the audit says of clients."""
    return [
        (r.action, r.actor, r.partner_mpn_id, r.target_kind, r.target_id, r.facts)
        for r in AuditRecord.objects.select_related("actor").order_by("pk")
    ]


# --- registering -----------------------------------------------------------------------------


def test_client_of_a_partner_is_registered_with_its_scopes_in_order(admin, now):
    scopes = ["events.read", "entitlements.read", "events.read"]

    made = register_client(
        partner=admin.partner, name=" Monitor ", scopes=scopes, by=admin.user, at=now
    )

    client = ApiClient.objects.select_related("user").get()
    assert client == made.client
    assert (client.name, client.partner, client.scopes) == (
        "Monitor",
        admin.partner,
        ["entitlements.read", "events.read"],
    )
    assert (client.registered_at, client.registered_by) == (now, admin.user)
    assert (client.secret_changed_at, client.last_token_at, client.revoked_at) == (now, None, None)
    assert client.is_usable(None)


def test_client_of_a_partner_has_an_account_in_mpn_without_role_address_or_password(admin, now):
    made = register_client(
        partner=admin.partner, name="Monitor", scopes=READ, by=admin.user, at=now
    )

    user = User.objects.get(pk=made.client.user_id)
    at = Affiliation.objects.get(user=user)
    assert (user.kind, user.name, user.email, user.staff_kind) == ("CLIENT", "Monitor", None, None)
    assert user.has_usable_password() is False
    assert (at.partner, at.mpn, at.csp) == (admin.partner, True, False)
    assert at.role_assignments.count() == 0


@pytest.mark.parametrize(
    ("scopes", "kind"),
    [
        (["entitlements.read", "staff"], "AUDITOR"),
        (["requests.read", "requests.write"], "SUPPORT_AGENT"),
    ],
)
def test_client_of_staff_is_of_the_kind_that_its_scopes_need(administrator, now, scopes, kind):
    made = register_client(partner=None, name="Desk", scopes=scopes, by=administrator, at=now)

    assert (made.client.partner, made.client.scopes) == (None, scopes)
    assert User.objects.get(pk=made.client.user_id).staff_kind == kind
    assert Affiliation.objects.count() == 0


@pytest.mark.parametrize("of_staff", [False, True])
def test_client_registered_by_the_installation_names_nobody(of_staff, now):
    partner = None if of_staff else PartnerFactory()

    made = register_client(partner=partner, name="Monitor", scopes=READ, by=None, at=now)

    assert made.client.registered_by is None
    assert [record[1] for record in records()] == [None]


def test_secret_is_long_random_and_stored_as_its_digest_only(admin, now):
    first, second = (
        register_client(partner=admin.partner, name="Monitor", scopes=READ, by=admin.user, at=now)
        for _time in range(2)
    )

    stored = ApiClient.objects.get(pk=first.client.pk).client_secret
    assert len(first.secret) >= 40
    assert first.secret.isalnum()
    assert first.secret != second.secret
    assert first.secret not in stored
    assert check_password(first.secret, stored)
    assert first.secret not in f"{first!r} {first.client!r} {first.client} {vars(first.client)}"


def test_registering_is_recorded_without_the_secret(admin, now):
    made = register_client(
        partner=admin.partner, name="Monitor", scopes=READ, by=admin.user, at=now
    )

    facts = {"name": "Monitor", "scopes": READ}
    target = ("client", made.client.client_id)
    assert records() == [("partners.register_client", admin.user, "5123456", *target, facts)]
    assert made.secret not in str(records())


@pytest.mark.parametrize("role", [role for role in Role if role != Role.GLOBAL_ADMIN])
def test_register_by_another_role_is_refused_and_names_who_may(admin, role, now):
    other = AffiliationFactory(partner=admin.partner, roles=[role])

    with pytest.raises(NotAuthorized) as refused:
        register_client(partner=admin.partner, name="X", scopes=READ, by=other.user, at=now)

    assert refused.value.explanation.as_dict()["nextStep"]["people"] == ["Ana Berg"]
    assert refused.value.attempt == Attempt(action="partners.register_client")
    assert ApiClient.objects.count() == 0


@pytest.mark.parametrize(
    "affiliation", [{"csp_only": True}, {"user__inactive": True}, {"partner__inactive": True}]
)
def test_register_by_a_global_admin_outside_of_mpn_or_stopped_is_refused(affiliation, now):
    at = AffiliationFactory(partner__in_csp=True, roles=[Role.GLOBAL_ADMIN], **affiliation)

    with pytest.raises(NotAuthorized):
        register_client(partner=at.partner, name="X", scopes=READ, by=at.user, at=now)


@pytest.mark.parametrize("by_admin", [True, False])
def test_register_for_a_partner_outside_of_mpn_is_refused_to_everybody(by_admin, now):
    at = AffiliationFactory(partner__csp_only=True, csp=True, roles=[Role.GLOBAL_ADMIN])
    by = at.user if by_admin else None

    with pytest.raises(NotAuthorized) as refused:
        register_client(partner=at.partner, name="X", scopes=READ, by=by, at=now)

    assert refused.value.explanation.facts["reason"] == "csp_only"


def test_register_for_another_partner_is_refused(admin, administrator, now):
    for by in (AffiliationFactory(roles=[Role.GLOBAL_ADMIN]).user, administrator):
        with pytest.raises(NotAuthorized):
            register_client(partner=admin.partner, name="X", scopes=READ, by=by, at=now)


@pytest.mark.parametrize("kind", [None, "SUPPORT_AGENT", "BENEFITS_MANAGER", "AUDITOR"])
def test_register_for_staff_by_anybody_but_an_administrator_is_refused(kind, now):
    by = UserFactory(staff_kind=kind)

    with pytest.raises(NotAuthorized):
        register_client(partner=None, name="X", scopes=["staff"], by=by, at=now)


@pytest.mark.parametrize(
    ("of_staff", "scopes", "sentence"),
    [
        (False, ["staff"], "This client may not have: staff."),
        (False, ["entitlements.read", "all", "x"], "This client may not have: all, x."),
        (True, ["contracts.ids"], "This client may not have: contracts.ids."),
        (False, [], "Choose at least one thing that the client may do."),
    ],
)
def test_register_with_other_scopes_is_refused(admin, of_staff, scopes, sentence, now):
    partner = None if of_staff else admin.partner
    before = row_counts()

    with pytest.raises(ClientInvalid) as refused:
        register_client(partner=partner, name="X", scopes=scopes, by=None, at=now)

    allowed = STAFF_SCOPES if of_staff else PARTNER_SCOPES
    assert (refused.value.code, refused.value.status) == ("validation_error", 400)
    assert refused.value.message == sentence
    assert refused.value.explanation.facts["allowed"] == [scope.value for scope in allowed]
    assert row_counts() == before


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "Give the client a name."),
        (" \t", "Give the client a name."),
        ("x" * 121, "A name has at most 120 characters."),
    ],
)
def test_register_without_a_fitting_name_is_refused(admin, name, sentence, now):
    with pytest.raises(ClientInvalid) as refused:
        register_client(partner=admin.partner, name=name, scopes=READ, by=None, at=now)

    assert refused.value.message == sentence


def test_register_beyond_twenty_is_refused_until_one_is_revoked(admin, now):
    clients = ApiClientFactory.create_batch(MOST_CLIENTS, partner=admin.partner)
    call = {"partner": admin.partner, "name": "X", "scopes": READ, "by": admin.user, "at": now}
    with pytest.raises(ClientInvalid) as refused:
        register_client(**call)
    assert refused.value.message == "Contoso has 20 API clients already, and more are not allowed."

    revoke_client(client_id=clients[0].client_id, by=admin.user, at=now)

    register_client(**call)
    assert ApiClient.objects.of(admin.partner).in_force().count() == MOST_CLIENTS


# --- one form --------------------------------------------------------------------------------


def test_form_sent_twice_registers_one_client_and_tells_the_secret_once(admin, now):
    call = {"partner": admin.partner, "name": "X", "scopes": READ, "by": admin.user, "at": now}

    first, second = (register_client(**call, key="a-form") for _time in range(2))

    assert (first.is_replay, second.is_replay, second.secret) == (False, True, "")
    assert [first.client, second.client] == list(ApiClient.objects.all()) * 2


def test_form_sent_again_with_other_scopes_is_refused(admin, now):
    call = {"partner": admin.partner, "name": "X", "by": admin.user, "at": now, "key": "a-form"}
    register_client(**call, scopes=READ)

    with pytest.raises(IdempotencyKeyReused):
        register_client(**call, scopes=["events.read"])

    assert ApiClient.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_form_sent_by_two_at_once_registers_one_client(admin, now):
    def register():
        return register_client(
            partner=admin.partner, name="X", scopes=READ, by=admin.user, at=now, key="a-form"
        )

    second = act_meanwhile(register, lock=register, meanwhile=lambda: None).result()

    assert (second.is_replay, second.secret) == (True, "")
    assert list(ApiClient.objects.all()) == [second.client]


@pytest.mark.django_db(transaction=True)
def test_last_place_wanted_by_two_at_once_is_given_once(admin, now):
    ApiClientFactory.create_batch(MOST_CLIENTS - 1, partner=admin.partner)

    def register():
        return register_client(partner=admin.partner, name="X", scopes=READ, by=admin.user, at=now)

    second = act_meanwhile(register, lock=register, meanwhile=lambda: None)

    assert isinstance(second.exception(), ClientInvalid)
    assert ApiClient.objects.count() == MOST_CLIENTS


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
        with pytest.raises(ClientInvalid, match=r"Monitor was revoked and stays so\."):
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


# --- statements ------------------------------------------------------------------------------


@pytest.mark.parametrize("others", [0, 15])
def test_registering_takes_as_many_statements_however_many_there_are(
    admin, others, now, django_assert_num_queries
):
    ApiClientFactory.create_batch(others, partner=admin.partner)

    # Two of them are the savepoint of the service, two that of the key.
    with django_assert_num_queries(12):
        register_client(
            partner=admin.partner, name="X", scopes=READ, by=admin.user, at=now, key="a-form"
        )

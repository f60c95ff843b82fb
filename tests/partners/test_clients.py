"""Registering API clients: who may, with which scopes, and once for each form."""

import pytest
from django.contrib.auth.hashers import check_password

from partners.models import Affiliation, ApiClient, User
from partners.permissions import NotAuthorized
from partners.roles import Role
from partners.scopes import PARTNER_SCOPES, STAFF_SCOPES
from partners.services.clients import (
    MOST_CLIENTS,
    ClientInvalid,
    register_client,
    revoke_client,
)
from portal.idempotency import IdempotencyKeyReused
from portal.refusals import Attempt
from tests.at_once import act_meanwhile
from tests.factories import (
    AffiliationFactory,
    ApiClientFactory,
    PartnerFactory,
    UserFactory,
)
from tests.partners.client_records import records
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

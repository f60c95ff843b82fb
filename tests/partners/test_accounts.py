"""Accounts: addresses in one form, kinds, staff; and what the database refuses of them."""

import pytest
from django.db.models import ProtectedError

from partners.models import RoleAssignment, User
from partners.roles import Role
from tests.constraints import break_by_update, constraint_names, refused
from tests.factories import (
    USED_AT,
    AffiliationFactory,
    ApiClientFactory,
    CustomerFactory,
    ImportChunkFactory,
    ImportFactory,
    ImportProblemFactory,
    PartnerFactory,
    RoleAssignmentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

# Constraint, factory, its traits, what is then written past everything.
BROKEN_BY_UPDATE = [
    ("partners_user_email_lower_case", UserFactory, {}, {"email": "Ana@contoso.example"}),
    ("partners_user_kind_known", UserFactory, {}, {"kind": "OTHER"}),
    ("partners_user_email_unless_client", UserFactory, {}, {"email": None}),
    ("partners_user_email_unless_client", UserFactory, {}, {"kind": "CLIENT"}),
    (
        "partners_user_email_unless_client",
        UserFactory,
        {"client": True},
        {"email": "c@contoso.example"},
    ),
    ("partners_user_staff_kind_known", UserFactory, {}, {"staff_kind": "BOSS"}),
    ("partners_user_staff_kind_known", UserFactory, {"staff": True}, {"kind": "PERSONAL"}),
    (
        "partners_user_staff_kind_known",
        UserFactory,
        {"client": True, "staff": True},
        {"staff_kind": "BOSS"},
    ),
    ("partners_partner_mpn_id_seven_digits", PartnerFactory, {}, {"mpn_id": "512345"}),
    ("partners_partner_in_a_program", PartnerFactory, {}, {"in_mpn": False}),
    ("partners_partner_mpn_id_seven_digits", PartnerFactory, {}, {"mpn_id": "512345x"}),
    ("partners_affiliation_in_a_program", AffiliationFactory, {}, {"mpn": False}),
    ("partners_customer_domain_lower_case", CustomerFactory, {}, {"domain": "Relecloud.example"}),
    ("partners_roleassignment_role_known", RoleAssignmentFactory, {}, {"role": "BOSS"}),
    *[
        ("partners_apiclient_client_credentials_only", ApiClientFactory, {}, changes)
        for changes in (
            {"client_type": "public"},
            {"authorization_grant_type": "password"},
            {"hash_client_secret": False},
            {"redirect_uris": "https://portal.example.org/"},
        )
    ],
    ("partners_apiclient_revoked_all_or_nothing", ApiClientFactory, {}, {"revoked_at": USED_AT}),
    ("partners_import_state_known", ImportFactory, {}, {"state": "LOST"}),
    ("partners_import_channel_known", ImportFactory, {}, {"channel": "PHONE"}),
    ("partners_import_failed_for_a_reason", ImportFactory, {}, {"state": "FAILED"}),
    ("partners_import_failed_for_a_reason", ImportFactory, {}, {"failure": "not_authorized"}),
    *[
        ("partners_import_done_without_problems", ImportFactory, {"done": True}, changes)
        for changes in (
            {"wrong_rows": 1},
            {"problem_count": 1},
            {"requested_at": None},
            {"finished_at": None},
        )
    ],
    ("partners_importproblem_has_a_line", ImportProblemFactory, {}, {"line": 0}),
    *[
        ("partners_apiclient_revoked_all_or_nothing", ApiClientFactory, {"revoked": True}, changes)
        for changes in ({"revoked_at": None}, {"revoked_by": None})
    ],
]


def affiliation_twice():
    row = AffiliationFactory()
    AffiliationFactory(user=row.user, partner=row.partner, csp_only=True)


def role_twice():
    row = RoleAssignmentFactory()
    RoleAssignmentFactory(affiliation=row.affiliation)


def customer_twice():
    row = CustomerFactory()
    CustomerFactory(partner=row.partner, domain=row.domain)


def import_asked_for_at_no_time():
    ImportFactory(requested_by=UserFactory())


def chunk_twice():
    row = ImportChunkFactory()
    ImportChunkFactory(of=row.of)


def problem_twice():
    row = ImportProblemFactory()
    ImportProblemFactory(of=row.of)


DUPLICATES = [
    (
        "partners_import_requested_at_some_time",
        "partners_import",
        import_asked_for_at_no_time,
    ),
    ("partners_importchunk_once", "partners_importchunk", chunk_twice),
    ("partners_importproblem_once", "partners_importproblem", problem_twice),
    ("partners_customer_once", "partners_customer", customer_twice),
    ("partners_affiliation_once", "partners_affiliation", affiliation_twice),
    ("partners_roleassignment_once", "partners_roleassignment", role_twice),
]


# --- what the database refuses ---------------------------------------------------------------


@pytest.mark.parametrize(("name", "factory", "traits", "changes"), BROKEN_BY_UPDATE)
def test_row_updated_past_the_forms_is_refused(name, factory, traits, changes):
    break_by_update(factory(**traits), changes, name=name)


@pytest.mark.parametrize(("name", "table", "duplicate"), DUPLICATES)
def test_row_written_twice_is_refused(name, table, duplicate):
    with refused(name, table=table):
        duplicate()


@pytest.mark.parametrize(
    ("factory", "column", "table"),
    [
        (UserFactory, "email", "partners_user"),
        (PartnerFactory, "mpn_id", "partners_partner"),
        (ApiClientFactory, "client_id", "partners_apiclient"),
        (ApiClientFactory, "user", "partners_apiclient"),
    ],
)
def test_name_by_which_one_is_known_serves_once(factory, column, table):
    row = factory()

    with refused(column, table=table):
        factory(**{column: getattr(row, column)})


def test_client_of_staff_stands_where_its_kind_is_known():
    client = ApiClientFactory(staff=True)

    assert (client.user.kind, client.user.staff_kind) == ("CLIENT", "AUDITOR")


def test_every_constraint_of_the_app_is_broken_above():
    named = {row[0] for row in (*BROKEN_BY_UPDATE, *DUPLICATES)}

    assert named == constraint_names("partners")


def test_api_clients_without_address_stand_beside_each_other():
    UserFactory(client=True)

    assert UserFactory(client=True).email is None


@pytest.mark.parametrize("what", ["user", "partner"])
def test_account_and_partner_with_a_past_cannot_be_deleted(what):
    row = AffiliationFactory()

    with pytest.raises(ProtectedError):
        getattr(row, what).delete()


def test_affiliation_with_roles_cannot_be_deleted():
    row = AffiliationFactory(roles=[Role.GLOBAL_ADMIN])

    with pytest.raises(ProtectedError):
        row.delete()


# --- accounts --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["ANA@Contoso.Example", " ana@contoso.example ", "Ana@contoso.example"]
)
def test_account_is_created_with_its_address_in_one_form(typed):
    user = User.objects.create_user(typed, "correct horse battery staple", name="Ana Berg")

    assert User.objects.get().email == "ana@contoso.example"
    assert user.check_password("correct horse battery staple")


def test_account_created_without_password_lets_nobody_in():
    user = User.objects.create_user("ana@contoso.example", name="Ana Berg")

    assert user.has_usable_password() is False


def test_api_client_is_created_without_address():
    client = User.objects.create_user(None, name="Client", kind=User.Kind.CLIENT)

    assert (client.email, client.has_usable_password()) == (None, False)


@pytest.mark.parametrize("typed", ["ana@contoso.example", "ANA@CONTOSO.EXAMPLE "])
def test_account_is_found_by_its_address_whatever_its_case(typed):
    user = UserFactory(email="ana@contoso.example")

    assert User.objects.get_by_natural_key(typed) == user


@pytest.mark.parametrize(
    ("kind", "is_staff"),
    [(None, False), *[(kind, True) for kind in User.StaffKind]],
)
def test_staff_are_the_accounts_with_a_staff_kind(kind, is_staff):
    assert UserFactory(staff_kind=kind).is_staff_member is is_staff


def test_account_is_called_by_its_name():
    user = UserFactory(name="Ana Berg")

    assert (str(user), user.get_short_name()) == ("Ana Berg", "Ana Berg")


def test_rows_name_themselves():
    row = AffiliationFactory(
        user__name="Ana Berg", partner__name="Contoso", roles=[Role.GLOBAL_ADMIN]
    )

    assert (str(row), str(row.partner)) == ("Ana Berg, Contoso", "Contoso")
    assert str(RoleAssignment.objects.get()) == "Global admin"

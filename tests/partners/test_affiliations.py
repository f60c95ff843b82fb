"""Users and roles: who is added, changed and removed, what is refused, and what the audit says."""

from datetime import timedelta
from typing import Any

import pytest

from partners.models import Affiliation, RoleAssignment, User
from partners.permissions import (
    NotAuthorized,
    everybody_with,
    has_permission,
    people_with,
    standing_of,
)
from partners.roles import Permission, Role
from partners.services.affiliations import (
    ADDITIONS,
    MAILS,
    LastGlobalAdmin,
    Newcomer,
    TooManyAdded,
    UserInvalid,
    add_user,
    remove_user,
    set_programs,
    set_roles,
)
from portal import throttle
from portal.refusals import NextStep
from tests.factories import AffiliationFactory, ApiClientFactory, PartnerFactory, UserFactory
from tests.partners.client_records import records
from tests.stories import admin_of, colleague_of, row_counts

pytestmark = pytest.mark.django_db

EMAIL = "ingrid@contoso.example"
SERVICES: dict[str, Any] = {
    "add": lambda partner, by, at, **what: added(partner, by=by, at=at),
    "roles": lambda partner, by, at, user: set_roles(
        mpn_id=partner.mpn_id, account_id=user.public_id, roles=["ADMIN_AGENT"], by=by, at=at
    ),
    "programs": lambda partner, by, at, user: set_programs(
        mpn_id=partner.mpn_id, account_id=user.public_id, programs=["CSP"], by=by, at=at
    ),
    "remove": lambda partner, by, at, user: remove_user(
        mpn_id=partner.mpn_id, account_id=user.public_id, by=by, at=at
    ),
}


@pytest.fixture
def partner():
    """Return a partner in both programs."""
    return PartnerFactory(name="Contoso", in_csp=True)


@pytest.fixture
def ana(partner):
    """Return the partner's only Global admin."""
    return admin_of(partner)


def added(partner, *, by, at, **changes):
    """Add Ingrid Holm to the partner in MPN, without a role unless the test says otherwise."""
    person = {"email": EMAIL, "name": "Ingrid Holm", "programs": ["MPN"], "roles": []}
    newcomer = Newcomer(**{**person, **changes})
    return add_user(mpn_id=partner.mpn_id, newcomer=newcomer, by=by, at=at)


def given(partner, user, roles, *, by, at):
    """Give the user exactly these roles."""
    return set_roles(mpn_id=partner.mpn_id, account_id=user.public_id, roles=roles, by=by, at=at)


def roles_of(user, partner):
    """Return the roles of the user at the partner, as they are stored."""
    return {role.value for role in standing_of(user, partner=partner).roles}


# --- adding ----------------------------------------------------------------------------------


def test_added_user_without_an_account_gets_one_and_its_roles(partner, ana, now):
    row = added(
        partner, by=ana, at=now, email=f" {EMAIL.upper()} ", name="Ingrid  Holm",
        programs=["CSP", "MPN"], roles=["ADMIN_AGENT"],
    )  # fmt: skip

    user = User.objects.get(email=EMAIL)
    assert (user.name, user.kind, user.staff_kind) == ("Ingrid Holm", "WORK", None)
    assert user.has_usable_password() is False
    assert (row.user, row.mpn, row.csp, row.known_as) == (user, True, True, "")
    held = row.role_assignments.values_list("role", "assigned_at", "assigned_by")
    assert list(held) == [("ADMIN_AGENT", now, ana.pk)]
    facts = {"given": ["MPN", "CSP", "ADMIN_AGENT"], "taken": []}
    target = ("account", str(user.public_id))
    assert records() == [("partners.add_user", ana, partner.mpn_id, *target, facts)]


def test_added_user_of_another_company_works_for_both_and_is_called_as_typed(partner, ana, now):
    elsewhere = AffiliationFactory(
        user__email=EMAIL, user__name="Their Name", user__with_password=True,
        roles=[Role.GLOBAL_ADMIN],
    )  # fmt: skip
    password = elsewhere.user.password

    row = added(partner, by=ana, at=now, roles=["MPN_PARTNER_ADMIN"])

    user = User.objects.get(email=EMAIL)
    assert (row.user, row.known_as, row.known_as_folded) == (user, "Ingrid Holm", "ingrid holm")
    assert (user.name, user.password) == ("Their Name", password)
    assert roles_of(user, elsewhere.partner) == {"GLOBAL_ADMIN"}
    assert roles_of(user, partner) == {"MPN_PARTNER_ADMIN"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "ingrid"}, "email"),
        ({"email": f"{'x' * 250}@contoso.example"}, "email"),
        # Its folded form is no lower case, which the database would refuse.
        ({"email": "ingrid@\u13a0\u13a1.example"}, "email"),
        ({"name": " "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"programs": []}, "programs"),
        ({"programs": ["MPN", "XYZ"]}, "programs"),
        ({"roles": ["ADMIN_AGENT", "KING"]}, "roles"),
    ],
)
def test_user_that_may_not_be_is_refused_and_nothing_written(partner, ana, now, changes, field):
    before = row_counts()

    with pytest.raises(UserInvalid) as refused:
        added(partner, by=ana, at=now, **changes)

    assert refused.value.explanation.facts == {"field": field}
    assert row_counts() == before


def test_program_that_the_partner_is_not_enrolled_in_is_refused(now):
    partner = PartnerFactory(name="Litware", csp_only=True)
    admin = AffiliationFactory(partner=partner, csp_only=True, roles=[Role.GLOBAL_ADMIN]).user

    with pytest.raises(UserInvalid, match="Litware isn't enrolled in MPN"):
        added(partner, by=admin, at=now)

    assert added(partner, by=admin, at=now, programs=["CSP"]).csp is True


@pytest.mark.parametrize("account", [{"staff": True}, {"inactive": True}])
def test_account_that_may_nowhere_is_refused_in_one_sentence(partner, ana, now, account):
    UserFactory(email=EMAIL, **account)
    before = row_counts()

    with pytest.raises(UserInvalid) as refused:
        added(partner, by=ana, at=now)

    assert refused.value.message == "This address can't be added."
    assert refused.value.explanation.facts == {"field": "email"}
    assert row_counts() == before


def test_user_who_works_there_already_is_refused_with_the_way_there(partner, ana, now):
    user = AffiliationFactory(partner=partner, user__email=EMAIL).user

    with pytest.raises(UserInvalid, match="works for Contoso already") as refused:
        added(partner, by=ana, at=now)

    url = f"/dashboard/account/usermanagement/{user.public_id}"
    assert refused.value.explanation.next_step == NextStep("Change its roles there.", url=url)


@pytest.mark.parametrize("limit", [ADDITIONS, MAILS])
def test_users_are_added_up_to_a_limit_for_each_is_mailed(partner, ana, now, limit):
    key = {ADDITIONS: f"account:{ana.pk}", MAILS: f"address:{EMAIL}"}[limit]
    for _time in range(limit.hits):
        throttle.begin(limit=limit, keys=[key]).count()

    with pytest.raises(TooManyAdded) as refused:
        added(partner, by=ana, at=now)

    assert refused.value.code == "too_many_attempts"
    step = NextStep("Nobody was added. Add the user after that time.")
    assert refused.value.explanation.next_step == step
    assert not User.objects.filter(email=EMAIL).exists()


# --- roles, programs, removing ---------------------------------------------------------------


def test_roles_are_exactly_those_that_were_chosen(partner, ana, now):
    user = AffiliationFactory(partner=partner, roles=[Role.ADMIN_AGENT, Role.SALES_AGENT]).user
    kept = RoleAssignment.objects.get(role="SALES_AGENT")

    given(partner, user, ["MPN_PARTNER_ADMIN", "SALES_AGENT"], by=ana, at=now)

    held = RoleAssignment.objects.filter(affiliation__user=user).order_by("pk")
    assert [(row.role, row.assigned_by) for row in held] == [
        ("SALES_AGENT", None),
        ("MPN_PARTNER_ADMIN", ana),
    ]
    assert held[0] == kept
    facts = {"given": ["MPN_PARTNER_ADMIN"], "taken": ["ADMIN_AGENT"]}
    target = ("account", str(user.public_id))
    assert records() == [("partners.set_roles", ana, partner.mpn_id, *target, facts)]


def test_what_is_so_already_leaves_no_record(partner, ana, now):
    user = AffiliationFactory(partner=partner, roles=[Role.ADMIN_AGENT]).user

    given(partner, user, ["ADMIN_AGENT"], by=ana, at=now)
    set_programs(mpn_id=partner.mpn_id, account_id=user.public_id, programs=["MPN"], by=ana, at=now)

    assert records() == []


def test_programs_are_exactly_those_that_were_chosen(partner, ana, now):
    user = colleague_of(partner)

    row = SERVICES["programs"](partner, ana, now, user=user)

    row.refresh_from_db()
    assert (row.mpn, row.csp) == (False, True)
    facts = {"given": ["CSP"], "taken": ["MPN"]}
    target = ("account", str(user.public_id))
    assert records() == [("partners.set_programs", ana, partner.mpn_id, *target, facts)]


def test_removed_user_keeps_the_account_and_other_companies(partner, ana, now):
    user = AffiliationFactory(partner=partner, csp=True, roles=[Role.ADMIN_AGENT]).user
    elsewhere = AffiliationFactory(user=user, roles=[Role.GLOBAL_ADMIN])

    SERVICES["remove"](partner, ana, now, user=user)

    assert list(Affiliation.objects.filter(user=user)) == [elsewhere]
    assert roles_of(user, elsewhere.partner) == {"GLOBAL_ADMIN"}
    facts = {"given": [], "taken": ["MPN", "CSP", "ADMIN_AGENT"]}
    target = ("account", str(user.public_id))
    assert records() == [("partners.remove_user", ana, partner.mpn_id, *target, facts)]


def test_removed_user_can_be_added_again_under_the_name_of_then(partner, ana, now):
    user = AffiliationFactory(partner=partner, user__email=EMAIL, user__name="Ingrid").user
    SERVICES["remove"](partner, ana, now, user=user)

    assert added(partner, by=ana, at=now).known_as == "Ingrid Holm"


@pytest.mark.parametrize("service", ["roles", "programs", "remove"])
def test_account_that_is_nobody_of_the_partner_is_not_there(partner, ana, now, service):
    stranger = AffiliationFactory().user
    client = ApiClientFactory(partner=partner).user
    staff = AffiliationFactory(partner=partner, user__staff=True).user

    for user in (stranger, client, staff):
        with pytest.raises(Affiliation.DoesNotExist):
            SERVICES[service](partner, ana, now, user=user)

    assert records() == []


@pytest.mark.parametrize("service", SERVICES)
def test_account_without_the_right_is_refused_with_who_has_it(partner, ana, now, service):
    other = AffiliationFactory(partner=partner, roles=[Role.MPN_PARTNER_ADMIN]).user
    before = row_counts()

    with pytest.raises(NotAuthorized) as refused:
        SERVICES[service](partner, other, now, user=colleague_of(partner))

    ask = NextStep("Ask somebody who can do it:", people=("Ana Berg",))
    assert refused.value.explanation.next_step == ask
    assert refused.value.attempt is not None
    assert row_counts() == {
        **before,
        "partners.User": before["partners.User"] + 1,
        "partners.Affiliation": before["partners.Affiliation"] + 1,
    }


# --- the last Global admin -------------------------------------------------------------------


def without_role(partner, user, by, at):
    """Take the role away."""
    given(partner, user, [], by=by, at=at)


def removed(partner, user, by, at):
    """Remove the user."""
    SERVICES["remove"](partner, by, at, user=user)


def without_mpn(partner, user, by, at):
    """Take MPN away."""
    SERVICES["programs"](partner, by, at, user=user)


WAYS = [without_role, removed, without_mpn]
# Others who hold the role and could not do what the last one can.
NO_HELP = [{}, {"user__inactive": True}, {"user__staff": True}, {"csp_only": True}]


@pytest.mark.parametrize("lose", WAYS)
@pytest.mark.parametrize("other", NO_HELP, ids=str)
def test_last_global_admin_of_an_mpn_partner_stays(partner, ana, now, lose, other):
    roles = [Role.GLOBAL_ADMIN] if other else [Role.MPN_PARTNER_ADMIN]
    AffiliationFactory(partner=partner, roles=roles, **other)
    before = row_counts()

    with pytest.raises(LastGlobalAdmin) as refused:
        lose(partner, ana, ana, now)

    of_csp_is_left = other == {"csp_only": True}
    is_in_mpn = of_csp_is_left or lose is without_mpn
    assert refused.value.message == (
        f"Ana Berg is the last Global admin of Contoso{' in MPN' if is_in_mpn else ''}."
    )
    assert (refused.value.code, refused.value.status) == ("last_global_admin", 409)
    step = NextStep(
        "Make somebody else a Global admin first.", url="/dashboard/account/usermanagement"
    )
    assert refused.value.explanation.next_step == step
    attempt = refused.value.attempt
    assert attempt is not None
    assert attempt.target == ("account", str(ana.public_id))
    assert row_counts() == before


@pytest.mark.parametrize("lose", WAYS)
def test_one_of_two_global_admins_may_go(partner, ana, now, lose):
    other = admin_of(partner, name="Li Wei")

    lose(partner, ana, ana, now)

    assert standing_of(ana, partner=partner).in_mpn is (lose is without_role)
    assert roles_of(other, partner) == {"GLOBAL_ADMIN"}


@pytest.mark.parametrize("lose", [without_role, removed])
def test_last_global_admin_of_a_csp_partner_stays(now, lose):
    partner = PartnerFactory(csp_only=True)
    luc = AffiliationFactory(partner=partner, csp_only=True, roles=[Role.GLOBAL_ADMIN]).user

    with pytest.raises(LastGlobalAdmin):
        lose(partner, luc, luc, now)

    assert roles_of(luc, partner) == {"GLOBAL_ADMIN"}


def test_global_admin_who_cannot_sign_in_is_no_last_one(partner, ana, now):
    gone = AffiliationFactory(partner=partner, roles=[Role.GLOBAL_ADMIN], user__inactive=True).user

    without_role(partner, gone, ana, now)

    assert not RoleAssignment.objects.filter(affiliation__user=gone).exists()


def test_role_given_to_another_lets_the_last_one_go(partner, ana, now):
    li = colleague_of(partner)
    given(partner, li, ["GLOBAL_ADMIN"], by=ana, at=now)

    given(partner, ana, [], by=li, at=now + timedelta(minutes=1))

    assert roles_of(ana, partner) == set()


# --- who may, by program ---------------------------------------------------------------------


def test_csp_only_account_reads_the_trail_only_where_there_is_nothing_of_mpn(partner):
    of_both = AffiliationFactory(partner=partner, csp_only=True, roles=[Role.GLOBAL_ADMIN])
    of_csp = AffiliationFactory(
        partner=PartnerFactory(csp_only=True), csp_only=True, roles=[Role.GLOBAL_ADMIN]
    )

    may = [
        {p for p in (Permission.AUDIT_TRAIL, Permission.MANAGE_ROLES) if allowed(row, p)}
        for row in (of_both, of_csp)
    ]

    assert may == [{Permission.MANAGE_ROLES}, {Permission.AUDIT_TRAIL, Permission.MANAGE_ROLES}]


def allowed(row, permission):
    """Whether the affiliation's account may do this, and is named as one who may."""
    from_standing = has_permission(standing_of(row.user, partner=row.partner), permission)
    named = row.user.name in people_with(permission, partner_ids=[row.partner_id])[row.partner_id]
    everybody = row.user.name in everybody_with(partner=row.partner)[permission]
    assert from_standing == named == everybody
    return from_standing


def test_people_are_named_as_the_partner_calls_them(partner, ana, now):
    AffiliationFactory(user__email=EMAIL, user__name="Zed Secret")
    added(partner, by=ana, at=now, name="Aaron Holm", roles=["GLOBAL_ADMIN"])

    expected = ("Aaron Holm", "Ana Berg")
    assert everybody_with(partner=partner)[Permission.ACTIVATE] == expected
    assert people_with(Permission.ACTIVATE, partner_ids=[partner.pk])[partner.pk] == expected


@pytest.mark.parametrize("permission", Permission)
def test_every_permission_is_named_the_same_one_by_one_and_together(partner, permission):
    for role in Role:
        AffiliationFactory(partner=partner, roles=[role], csp=True)
        AffiliationFactory(partner=partner, roles=[role], csp_only=True)

    one_by_one = people_with(permission, partner_ids=[partner.pk])[partner.pk]

    assert one_by_one == everybody_with(partner=partner)[permission] != ()

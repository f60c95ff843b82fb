"""Who may do what: every role with every permission, programs, and who is named instead."""

import pytest

from partners.models import RoleAssignment, User
from partners.permissions import (
    NEEDS_CSP,
    NEEDS_MPN,
    NotAuthorized,
    Standing,
    ask_somebody,
    has_permission,
    people_with,
    refuse_without_csp,
    refuse_without_mpn,
    require,
    staff_may,
    standing_of,
)
from partners.roles import (
    PERMISSIONS_BY_STAFF_KIND,
    Permission,
    Role,
    StaffPermission,
    roles_with,
)
from portal.refusals import NextStep
from tests.factories import AffiliationFactory, PartnerFactory, RoleAssignmentFactory, UserFactory

# The whole table: what is not here is not allowed.
ALLOWED = {
    ("GLOBAL_ADMIN", "activate"),
    ("GLOBAL_ADMIN", "renew_or_upgrade"),
    ("GLOBAL_ADMIN", "buy_plan"),
    ("GLOBAL_ADMIN", "see_linked_accounts"),
    ("GLOBAL_ADMIN", "revoke_or_replace"),
    ("GLOBAL_ADMIN", "partner_requests"),
    ("GLOBAL_ADMIN", "manage_roles"),
    ("GLOBAL_ADMIN", "audit_trail"),
    ("GLOBAL_ADMIN", "api_clients"),
    ("MPN_PARTNER_ADMIN", "activate"),
    ("MPN_PARTNER_ADMIN", "renew_or_upgrade"),
    ("MPN_PARTNER_ADMIN", "buy_plan"),
    ("MPN_PARTNER_ADMIN", "see_linked_accounts"),
    ("MPN_PARTNER_ADMIN", "revoke_or_replace"),
    ("MPN_PARTNER_ADMIN", "partner_requests"),
    ("MPN_PARTNER_ADMIN", "audit_trail"),
    ("ADMIN_AGENT", "see_linked_accounts"),
    ("ADMIN_AGENT", "customer_request"),
    ("ADMIN_AGENT", "partner_requests"),
}
ROLES = (
    "GLOBAL_ADMIN",
    "MPN_PARTNER_ADMIN",
    "ADMIN_AGENT",
    "HELPDESK_AGENT",
    "SALES_AGENT",
    "BILLING_ADMIN",
    "USER_MANAGEMENT_ADMIN",
    "ACCOUNT_ADMIN",
    "REPORT_VIEWER",
)
PERMISSIONS = (
    "activate",
    "renew_or_upgrade",
    "buy_plan",
    "see_linked_accounts",
    "revoke_or_replace",
    "customer_request",
    "partner_requests",
    "manage_roles",
    "audit_trail",
    "api_clients",
)
# The whole table of the portal's staff, one kind with all that it may do.
ALLOWED_TO_STAFF = {
    "SUPPORT_AGENT": {"look_up", "work_on_requests"},
    "BENEFITS_MANAGER": {
        *("look_up", "work_on_requests", "take_over_requests", "adjust_plans"),
        *("manage_memberships", "imports", "see_imports"),
    },
    "AUDITOR": {"look_up", "see_imports", "read_audit"},
    "ADMINISTRATOR": {
        *("look_up", "work_on_requests", "take_over_requests", "adjust_plans"),
        *("manage_memberships", "imports", "see_imports", "django_admin", "api_clients"),
        "read_audit",
    },
}


def in_mpn(*roles):
    """Return the standing of an MPN account with these roles."""
    return Standing(in_mpn=True, partner_in_mpn=True, roles=frozenset(Role(role) for role in roles))


def in_both(*roles):
    """Return the standing of an account of MPN and CSP with these roles."""
    return Standing(in_mpn=True, in_csp=True, roles=frozenset(Role(role) for role in roles))


# --- the table -------------------------------------------------------------------------------


def test_roles_and_permissions_are_those_of_the_table():
    assert tuple(role.value for role in Role) == ROLES
    assert tuple(permission.value for permission in Permission) == PERMISSIONS


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("permission", PERMISSIONS)
def test_permission_of_each_role_is_that_of_the_table(role, permission):
    assert has_permission(in_both(role), Permission(permission)) is ((role, permission) in ALLOWED)


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_account_without_role_may_do_none_of_it(permission):
    assert has_permission(in_both(), Permission(permission)) is False


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_roles_with_a_permission_are_those_of_the_table_in_its_order(permission):
    expected = [role for role in ROLES if (role, permission) in ALLOWED]

    assert [role.value for role in roles_with(Permission(permission))] == expected


def test_several_roles_add_up():
    agent_and_admin = in_both("ADMIN_AGENT", "MPN_PARTNER_ADMIN")

    assert {p.value for p in Permission if has_permission(agent_and_admin, p)} == {
        permission for role, permission in ALLOWED if role in ("ADMIN_AGENT", "MPN_PARTNER_ADMIN")
    }


@pytest.mark.parametrize("role", ROLES)
def test_csp_only_account_may_touch_nothing_of_mpn_whatever_its_role(role):
    standing = Standing(in_csp=True, roles=frozenset({Role(role)}))

    assert {p.value for p in NEEDS_MPN if has_permission(standing, p)} == set()
    assert {p.value for p in NEEDS_MPN} == {
        "activate",
        "renew_or_upgrade",
        "see_linked_accounts",
        "revoke_or_replace",
        "partner_requests",
        "api_clients",
    }


@pytest.mark.parametrize("role", ROLES)
def test_mpn_only_account_may_not_act_for_customers_whatever_its_role(role):
    assert {p.value for p in NEEDS_CSP if has_permission(in_mpn(role), p)} == set()
    assert {p.value for p in NEEDS_CSP} == {"customer_request"}


# --- staff -----------------------------------------------------------------------------------


def test_staff_kinds_of_the_table_are_those_of_accounts():
    assert list(PERMISSIONS_BY_STAFF_KIND) == list(User.StaffKind)


@pytest.mark.parametrize("kind", User.StaffKind)
def test_staff_of_each_kind_may_do_what_the_table_says(kind):
    staff = UserFactory.build(staff_kind=kind)

    assert {p.value for p in StaffPermission if staff_may(staff, p)} == ALLOWED_TO_STAFF[kind]


@pytest.mark.parametrize("account", [{}, {"staff": True, "inactive": True}])
def test_account_that_is_no_staff_or_deactivated_may_do_none_of_it(account):
    user = UserFactory.build(**account)

    assert {p.value for p in StaffPermission if staff_may(user, p)} == set()


# --- standing --------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("partner", "affiliation", "expected"),
    [
        ({}, {}, (True, False)),
        ({"in_csp": True}, {"csp": True}, (True, True)),
        ({"in_csp": True}, {"csp_only": True}, (False, True)),
        # What the company has left, its accounts have left too.
        ({"csp_only": True}, {"csp": True}, (False, True)),
        ({}, {"csp": True}, (True, False)),
    ],
)
def test_standing_is_in_the_programs_of_both_account_and_partner(partner, affiliation, expected):
    row = AffiliationFactory(partner=PartnerFactory(**partner), **affiliation)

    standing = standing_of(row.user, partner=row.partner)

    assert (standing.in_mpn, standing.in_csp) == expected


@pytest.mark.django_db
def test_standing_has_the_roles_at_this_partner_only():
    at_home = AffiliationFactory(roles=[Role.HELPDESK_AGENT, Role.ADMIN_AGENT])
    AffiliationFactory(user=at_home.user, roles=[Role.GLOBAL_ADMIN])

    standing = standing_of(at_home.user, partner=at_home.partner)

    assert standing == in_mpn("HELPDESK_AGENT", "ADMIN_AGENT")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "affiliation", [{"user__inactive": True}, {"partner__inactive": True}, None]
)
def test_standing_of_deactivated_or_unknown_account_is_nothing(affiliation):
    partner, user = PartnerFactory(), UserFactory()
    if affiliation is not None:
        row = AffiliationFactory(roles=[Role.GLOBAL_ADMIN], **affiliation)
        partner, user = row.partner, row.user

    assert standing_of(user, partner=partner) == Standing()


@pytest.mark.django_db
def test_standing_takes_one_statement(django_assert_num_queries):
    row = AffiliationFactory(roles=[Role.GLOBAL_ADMIN, Role.ADMIN_AGENT])

    with django_assert_num_queries(1):
        standing_of(row.user, partner=row.partner)


# --- who can ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_people_with_a_permission_are_named_once_and_by_name():
    partner = PartnerFactory()
    for name, roles in [
        ("Ben Ek", [Role.MPN_PARTNER_ADMIN]),
        ("zoe Lund", [Role.GLOBAL_ADMIN, Role.MPN_PARTNER_ADMIN]),
        ("Ana Berg", [Role.GLOBAL_ADMIN]),
        ("Nobody Special", []),
        ("Agent Smith", [Role.ADMIN_AGENT]),
    ]:
        AffiliationFactory(partner=partner, user__name=name, roles=roles)

    assert people_with(Permission.ACTIVATE, partner_ids=[partner.pk]) == {
        partner.pk: ("Ana Berg", "Ben Ek", "zoe Lund")
    }


@pytest.mark.django_db
@pytest.mark.parametrize("affiliation", [{"csp_only": True}, {"user__inactive": True}])
def test_people_who_cannot_are_not_named(affiliation):
    row = AffiliationFactory(roles=[Role.GLOBAL_ADMIN], **affiliation)

    assert people_with(Permission.ACTIVATE, partner_ids=[row.partner_id]) == {row.partner_id: ()}


@pytest.mark.django_db
def test_people_who_act_for_customers_are_those_in_csp_whether_in_mpn_or_not():
    partner = PartnerFactory(in_csp=True)
    agent = [Role.ADMIN_AGENT]
    AffiliationFactory(partner=partner, user__name="Omar Said", csp=True, roles=agent)
    AffiliationFactory(partner=partner, user__name="Chris Poe", csp_only=True, roles=agent)
    AffiliationFactory(partner=partner, user__name="Of MPN only", roles=agent)
    AffiliationFactory(partner=partner, user__name="Without the role", csp=True)
    has_left = AffiliationFactory(csp=True, roles=agent).partner

    found = people_with(Permission.CUSTOMER_REQUEST, partner_ids=[partner.pk, has_left.pk])

    assert found == {partner.pk: ("Chris Poe", "Omar Said"), has_left.pk: ()}


@pytest.mark.django_db
def test_people_who_can_buy_are_named_whatever_their_program():
    """What is bought is not held in MPN."""
    row = AffiliationFactory(roles=[Role.GLOBAL_ADMIN], csp_only=True)

    assert people_with(Permission.BUY_PLAN, partner_ids=[row.partner_id]) == {
        row.partner_id: (row.user.name,)
    }


@pytest.mark.django_db
def test_people_of_several_partners_are_told_apart_in_one_statement(django_assert_num_queries):
    here, there = (AffiliationFactory(roles=[Role.GLOBAL_ADMIN]) for _partner in range(2))
    nobody = PartnerFactory()
    ids = [here.partner_id, there.partner_id, nobody.pk]

    with django_assert_num_queries(1):
        people = people_with(Permission.ACTIVATE, partner_ids=ids)

    assert people == {
        here.partner_id: (here.user.name,),
        there.partner_id: (there.user.name,),
        nobody.pk: (),
    }


@pytest.mark.django_db
def test_people_of_the_same_name_are_both_named():
    partner = PartnerFactory()
    for _person in range(2):
        AffiliationFactory(partner=partner, user__name="Li Wei", roles=[Role.GLOBAL_ADMIN])

    assert people_with(Permission.ACTIVATE, partner_ids=[partner.pk])[partner.pk] == (
        "Li Wei",
        "Li Wei",
    )


def test_nobody_who_can_is_said_too():
    assert ask_somebody(()) == (
        "Nobody at your company can do this yet. Ask a Global admin to give out the role."
    )


# --- require ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_require_with_the_permission_passes():
    row = AffiliationFactory(roles=[Role.GLOBAL_ADMIN])

    require(Permission.ACTIVATE, by=row.user, partner=row.partner)


@pytest.mark.django_db
def test_require_without_the_permission_names_those_who_can():
    admin = AffiliationFactory(user__name="Ana Berg", roles=[Role.GLOBAL_ADMIN])
    other = AffiliationFactory(partner=admin.partner)

    with pytest.raises(NotAuthorized) as refused:
        require(Permission.ACTIVATE, by=other.user, partner=admin.partner, facts={"package": "p"})

    explanation = refused.value.explanation
    assert (explanation.code, refused.value.status) == ("not_authorized", 403)
    assert explanation.message == "You are not authorized for this action"
    assert explanation.facts == {"permission": "activate", "package": "p"}
    assert explanation.as_dict()["nextStep"]["people"] == ["Ana Berg"]


@pytest.mark.django_db
def test_role_that_was_taken_away_stops_working_at_once():
    assignment = RoleAssignmentFactory(role=Role.GLOBAL_ADMIN)
    user, partner = assignment.affiliation.user, assignment.affiliation.partner
    require(Permission.ACTIVATE, by=user, partner=partner)

    RoleAssignment.objects.all().delete()

    with pytest.raises(NotAuthorized):
        require(Permission.ACTIVATE, by=user, partner=partner)


# --- outside MPN -----------------------------------------------------------------------------


@pytest.mark.django_db
def test_refusal_of_csp_only_account_names_the_mpn_admins():
    partner = PartnerFactory(mpn_id="5123456", in_csp=True)
    AffiliationFactory(partner=partner, user__name="Ana Berg", roles=[Role.GLOBAL_ADMIN])
    AffiliationFactory(partner=partner, csp_only=True, roles=[Role.GLOBAL_ADMIN])

    assert refuse_without_mpn(partner=partner).explanation.as_dict() == {
        "code": "not_authorized",
        "message": "You are not authorized for this action",
        "facts": {"partner": "5123456", "reason": "csp_only"},
        "nextStep": {
            "text": "This account is associated with CSP only. You need an account associated "
            "with MPN.",
            "url": None,
            "people": ["Ana Berg"],
        },
    }


@pytest.mark.django_db
def test_refusal_at_partner_outside_mpn_says_so():
    partner = PartnerFactory(name="Litware", csp_only=True)

    explanation = refuse_without_mpn(partner=partner).explanation

    assert explanation.next_step == NextStep("Litware isn't enrolled in MPN.")


# --- outside CSP -----------------------------------------------------------------------------


@pytest.mark.django_db
def test_refusal_of_an_account_outside_csp_names_some_of_those_inside():
    partner = PartnerFactory(mpn_id="5123456", name="Contoso", in_csp=True)
    AffiliationFactory(partner=partner, user__name="Ingrid Holm")
    AffiliationFactory(partner=partner, user__name="Gone", user__inactive=True, csp=True)
    for number in range(11):
        AffiliationFactory(partner=partner, user__name=f"Agent {number:02}", csp=True)

    assert refuse_without_csp(partner=partner).explanation.as_dict() == {
        "code": "not_authorized",
        "message": "You are not authorized for this action",
        "facts": {"partner": "5123456", "reason": "not_in_csp"},
        "nextStep": {
            "text": "This account is not associated with CSP at Contoso. You need one that is, "
            "such as that of:",
            "url": None,
            "people": [f"Agent {number:02}" for number in range(10)],
        },
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("in_csp", "sentence"),
    [
        (False, "Contoso isn't enrolled in CSP."),
        (True, "No account is associated with CSP at Contoso."),
    ],
)
def test_refusal_where_nobody_is_in_csp_says_so(in_csp, sentence):
    partner = PartnerFactory(name="Contoso", in_csp=in_csp)
    AffiliationFactory(partner=partner, csp=not in_csp, roles=[Role.ADMIN_AGENT])

    assert refuse_without_csp(partner=partner).explanation.next_step == NextStep(sentence)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("in_csp", "reason"),
    [(True, {"permission": "customer_request"}), (False, {"reason": "not_in_csp"})],
)
def test_require_of_a_right_in_csp_tells_the_program_from_the_role(in_csp, reason):
    row = AffiliationFactory(
        partner__in_csp=True, csp=in_csp, roles=[] if in_csp else [Role.ADMIN_AGENT]
    )

    with pytest.raises(NotAuthorized) as refused:
        require(Permission.CUSTOMER_REQUEST, by=row.user, partner=row.partner)

    facts = refused.value.explanation.facts
    assert {name: facts[name] for name in reason} == reason

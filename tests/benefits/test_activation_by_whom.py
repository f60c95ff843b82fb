"""Who may activate a package; everybody else is told who can."""

import uuid

import pytest

from benefits.models import Contract, Package
from benefits.services.activation import activate_package
from partners.permissions import NotAuthorized
from partners.roles import Role
from tests.factories import ACTIVATED_AT, AffiliationFactory, PartnerFactory, UserFactory
from tests.stories import admin_of, member

pytestmark = pytest.mark.django_db


def attempt(membership, *, by):
    """Activate the membership's package."""
    return activate_package(package_id=membership.package.public_id, by=by, at=ACTIVATED_AT)


@pytest.mark.parametrize("role", [Role.GLOBAL_ADMIN, Role.MPN_PARTNER_ADMIN])
def test_activation_by_either_admin_is_done(role):
    membership = member()
    admin = AffiliationFactory(partner=membership.partner, roles=[role]).user

    assert attempt(membership, by=admin).is_new is True


@pytest.mark.parametrize(
    ("affiliation", "roles"),
    [
        ({}, []),
        *[({}, [role]) for role in Role if role not in ("GLOBAL_ADMIN", "MPN_PARTNER_ADMIN")],
        ({"csp_only": True}, [Role.GLOBAL_ADMIN]),
        ({"user__inactive": True}, [Role.GLOBAL_ADMIN]),
    ],
)
def test_activation_by_others_is_refused_with_the_names_of_those_who_can(affiliation, roles):
    membership = member()
    admin_of(membership.partner, name="Ana Berg")
    AffiliationFactory(
        partner=membership.partner, user__name="Li Wei", roles=[Role.MPN_PARTNER_ADMIN]
    )
    other = AffiliationFactory(partner=membership.partner, roles=roles, **affiliation).user

    with pytest.raises(NotAuthorized) as refused:
        attempt(membership, by=other)

    assert refused.value.message == "You are not authorized for this action"
    assert refused.value.explanation.facts == {
        "permission": "activate",
        "package": str(membership.package.public_id),
    }
    assert refused.value.explanation.as_dict()["nextStep"]["people"] == ["Ana Berg", "Li Wei"]
    assert Contract.objects.count() == 0


@pytest.mark.parametrize("stranger", [{}, {"staff": True}, {"personal": True}])
def test_activation_by_outsider_is_refused(stranger):
    membership = member()

    with pytest.raises(NotAuthorized) as refused:
        attempt(membership, by=UserFactory(**stranger))

    assert refused.value.explanation.as_dict()["nextStep"]["people"] == []


def test_activation_by_admin_of_another_partner_is_refused_even_when_activated():
    membership = member()
    attempt(membership, by=admin_of(membership.partner))

    with pytest.raises(NotAuthorized):
        attempt(membership, by=admin_of(PartnerFactory()))


def test_activation_by_admin_whose_role_was_taken_away_is_refused():
    membership = member()
    affiliation = AffiliationFactory(partner=membership.partner, roles=[Role.GLOBAL_ADMIN])
    affiliation.role_assignments.all().delete()

    with pytest.raises(NotAuthorized):
        attempt(membership, by=affiliation.user)


def test_activation_of_absent_package_does_not_exist():
    with pytest.raises(Package.DoesNotExist):
        activate_package(package_id=uuid.UUID(int=0), by=UserFactory(), at=ACTIVATED_AT)

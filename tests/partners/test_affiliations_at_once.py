"""Two Global admins at once: whatever they take from each other, one stays."""

import pytest

from partners.models import Partner, RoleAssignment, User
from partners.permissions import NotAuthorized
from partners.services.affiliations import (
    MAILS,
    LastGlobalAdmin,
    Newcomer,
    UserInvalid,
    add_user,
    remove_user,
    set_roles,
)
from portal import throttle
from portal.refusals import NextStep
from tests.at_once import act_meanwhile
from tests.factories import USED_AT, PartnerFactory
from tests.stories import admin_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def admins():
    """Return a partner and its two Global admins."""
    partner = PartnerFactory()
    return partner, admin_of(partner), admin_of(partner, name="Li Wei")


def take_role(partner, of, *, by):
    """Take every role of `of` away."""
    return set_roles(mpn_id=partner.mpn_id, account_id=of.public_id, roles=[], by=by, at=USED_AT)


def remove(partner, of, *, by):
    """Remove `of` from the partner."""
    return remove_user(mpn_id=partner.mpn_id, account_id=of.public_id, by=by, at=USED_AT)


def at_once(partner, act, meanwhile):
    """Act while another connection holds the partner, does something, and lets go."""
    lock = Partner.objects.select_for_update(of=("self",), no_key=True).filter(pk=partner.pk)
    return act_meanwhile(act, lock=lambda: list(lock), meanwhile=meanwhile).exception()


def admins_left():
    """Return who holds the role now."""
    held = RoleAssignment.objects.filter(role="GLOBAL_ADMIN")
    return list(held.values_list("affiliation__user__name", flat=True))


@pytest.mark.parametrize("change", [take_role, remove])
def test_each_takes_it_from_the_other_and_one_stays(admins, change):
    partner, ana, li = admins

    refusal = at_once(
        partner, lambda: change(partner, ana, by=li), lambda: change(partner, li, by=ana)
    )

    assert type(refusal) is NotAuthorized
    ask = NextStep("Ask somebody who can do it:", people=("Ana Berg",))
    assert refusal.explanation.next_step == ask
    assert admins_left() == ["Ana Berg"]


@pytest.mark.parametrize("change", [take_role, remove])
def test_each_gives_it_up_and_the_second_stays(admins, change):
    partner, ana, li = admins

    refusal = at_once(
        partner, lambda: change(partner, li, by=li), lambda: change(partner, ana, by=ana)
    )

    assert type(refusal) is LastGlobalAdmin
    assert refusal.message == f"Li Wei is the last Global admin of {partner.name}."
    assert admins_left() == ["Li Wei"]


def test_both_add_the_same_person_and_one_is_told_so(admins):
    partner, ana, li = admins

    def add(by):
        newcomer = Newcomer("new@contoso.example", "New", programs=["MPN"], roles=[])
        return add_user(mpn_id=partner.mpn_id, newcomer=newcomer, by=by, at=USED_AT)

    refusal = at_once(partner, lambda: add(ana), lambda: add(li))

    assert type(refusal) is UserInvalid
    assert refusal.explanation.facts == {"field": "email"}
    assert User.objects.filter(email="new@contoso.example").count() == 1


def test_two_companies_add_the_same_person_and_both_have_one_account(admins):
    partner, ana, _li = admins
    other = PartnerFactory()
    admin = admin_of(other)

    def add(to, by):
        newcomer = Newcomer("new@contoso.example", "New", programs=["MPN"], roles=[])
        return add_user(mpn_id=to.mpn_id, newcomer=newcomer, by=by, at=USED_AT)

    adding = act_meanwhile(
        lambda: add(partner, ana),
        lock=lambda: throttle.begin(limit=MAILS, keys=["address:new@contoso.example"]),
        meanwhile=lambda: add(other, admin),
    )

    assert adding.exception() is None
    user = User.objects.get(email="new@contoso.example")
    assert {row.partner for row in user.affiliations.all()} == {partner, other}

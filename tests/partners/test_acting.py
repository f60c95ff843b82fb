"""For which partner an account acts, with which programs and roles, in which time zone."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.utils import timezone

from partners import acting
from partners.acting import Acting, acting_of
from partners.middleware import ActingMiddleware
from partners.models import Affiliation
from partners.pages import require_mpn
from partners.permissions import NotAuthorized, Standing
from partners.roles import Permission, Role
from tests.factories import AffiliationFactory, PartnerFactory, UserFactory

pytestmark = pytest.mark.django_db


def acting_for(rf, user, *, chosen=None):
    """Return what is read for a request of the account that chose a partner."""
    request = rf.get("/")
    request.user = user
    request.session = {acting.SESSION_KEY: chosen} if chosen else {}
    return acting.load(request)


@pytest.fixture
def two_partners():
    """Return the affiliations of an account with Contoso (no role) and Fabrikam (admin)."""
    user = UserFactory()
    fabrikam = AffiliationFactory(
        user=user,
        partner=PartnerFactory(name="Fabrikam", in_csp=True),
        csp=True,
        roles=[Role.MPN_PARTNER_ADMIN],
    )
    contoso = AffiliationFactory(user=user, partner=PartnerFactory(name="Contoso"))
    return contoso, fabrikam


def test_account_acts_for_its_first_partner_by_name(rf, two_partners):
    contoso, fabrikam = two_partners

    assert acting_for(rf, contoso.user) == Acting(
        partner=contoso.partner,
        standing=Standing(in_mpn=True, partner_in_mpn=True),
        others=(fabrikam.partner,),
    )


def test_account_acts_for_the_partner_it_switched_to(rf, two_partners):
    contoso, fabrikam = two_partners

    found = acting_for(rf, contoso.user, chosen=fabrikam.partner.mpn_id)

    assert found == Acting(
        partner=fabrikam.partner,
        standing=Standing(
            in_mpn=True,
            in_csp=True,
            partner_in_mpn=True,
            roles=frozenset({Role.MPN_PARTNER_ADMIN}),
        ),
        others=(contoso.partner,),
    )
    assert (found.mpn_id, found.may(Permission.ACTIVATE), found.may(Permission.MANAGE_ROLES)) == (
        fabrikam.partner.mpn_id,
        True,
        False,
    )


@pytest.mark.parametrize("chosen", ["9999999", "", "x"])
def test_account_that_chose_a_partner_not_its_own_acts_for_its_first(rf, two_partners, chosen):
    contoso, _fabrikam = two_partners
    PartnerFactory(mpn_id="9999999")

    assert acting_for(rf, contoso.user, chosen=chosen).partner == contoso.partner


def test_deactivated_partner_is_not_acted_for(rf):
    row = AffiliationFactory(partner=PartnerFactory(inactive=True), roles=[Role.GLOBAL_ADMIN])

    assert acting_for(rf, row.user, chosen=row.partner.mpn_id) == Acting()


@pytest.mark.parametrize("affiliation", [{"csp_only": True}, {"partner__csp_only": True}])
def test_account_outside_mpn_acts_without_mpn(rf, affiliation):
    row = AffiliationFactory(roles=[Role.GLOBAL_ADMIN], **{"csp": True, **affiliation})

    found = acting_for(rf, row.user)

    assert (found.standing.in_mpn, found.may(Permission.ACTIVATE)) == (False, False)


@pytest.mark.parametrize("user", [AnonymousUser, UserFactory])
def test_nobody_and_account_without_partner_act_for_nobody(rf, user):
    found = acting_for(rf, user())

    assert (found, found.mpn_id, found.may(Permission.ACTIVATE)) == (Acting(), "", False)


def test_staff_act_for_nobody(rf):
    row = AffiliationFactory(user__staff=True, roles=[Role.GLOBAL_ADMIN])

    assert acting_for(rf, row.user) == Acting()


@pytest.mark.parametrize("partners", [1, 8])
def test_acting_is_read_in_one_statement(rf, partners, django_assert_num_queries):
    user = UserFactory()
    for _partner in range(partners):
        AffiliationFactory(user=user, roles=[Role.GLOBAL_ADMIN, Role.ADMIN_AGENT])

    with django_assert_num_queries(1):
        found = acting_for(rf, user)

    assert found.standing.roles == {Role.GLOBAL_ADMIN, Role.ADMIN_AGENT}
    assert len(found.others) == partners - 1


def test_acting_of_no_affiliations_is_nobody():
    assert acting_of([], mpn_id="5123456") == Acting()


# --- pages about MPN -------------------------------------------------------------------------


def page_request(rf, user):
    """Return a request as the middleware leaves it."""
    request = rf.get("/")
    request.user, request.session = user, {}
    ActingMiddleware(lambda _request: HttpResponse())(request)
    return request


def test_page_about_mpn_is_for_accounts_associated_with_it(rf):
    row = AffiliationFactory()

    assert require_mpn(page_request(rf, row.user)) == row.partner


@pytest.mark.parametrize(
    ("make_user", "reason"),
    [
        (lambda: AffiliationFactory(csp_only=True, roles=[Role.GLOBAL_ADMIN]).user, "csp_only"),
        (lambda: AffiliationFactory(partner__csp_only=True, csp=True).user, "csp_only"),
        (lambda: UserFactory(personal=True), "no_partner"),
        (lambda: UserFactory(staff=True), "no_partner"),
    ],
)
def test_page_about_mpn_refuses_all_others(rf, make_user, reason):
    with pytest.raises(NotAuthorized) as refused:
        require_mpn(page_request(rf, make_user()))

    assert refused.value.explanation.facts["reason"] == reason


def test_request_that_does_not_ask_reads_no_affiliations(rf, django_assert_num_queries):
    user = AffiliationFactory().user

    with django_assert_num_queries(0):
        page_request(rf, user)

    assert Affiliation.objects.count() == 1


# --- the zone of dates -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("account", "cookie", "zone"),
    [
        ("", "", "UTC"),
        ("Asia/Tokyo", "", "Asia/Tokyo"),
        ("", "Europe/Stockholm", "Europe/Stockholm"),
        ("Asia/Tokyo", "Europe/Stockholm", "Asia/Tokyo"),
        ("", "Mars/Olympus", "UTC"),
        ("", "../../etc/passwd", "UTC"),
        ("Mars/Olympus", "Europe/Stockholm", "UTC"),
    ],
)
def test_dates_are_shown_in_the_accounts_zone_else_the_browsers(rf, account, cookie, zone):
    request = page_request(rf, UserFactory(time_zone=account))
    request.COOKIES["time_zone"] = cookie

    with timezone.override(None):
        ActingMiddleware(lambda _request: HttpResponse()).process_view(request)
        shown = timezone.get_current_timezone_name()

    assert shown == zone

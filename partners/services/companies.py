"""
Partners themselves: written and changed by staff, and by what is imported in their name.

Never deleted. The row of the partner is locked before it is changed, as by everybody who writes
what hangs below it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from partners import permissions
from partners.models import Partner, User
from partners.naming import LONGEST_NAME
from partners.roles import StaffPermission
from partners.services.affiliations import PROGRAMS
from portal import audit
from portal.places import countries
from portal.refusals import NextStep, Refusal

MPN_DIGITS = 7


class PartnerInvalid(Refusal):
    """What was asked for is no partner that may be: MPN ID, name, country or programs."""

    code = "validation_error"
    status = 400


@dataclass(frozen=True)
class Company:
    """A partner as a form or a file describes it: ISO code of the country, MPN, CSP or both."""

    name: str
    country: str
    programs: Collection[str]


@dataclass(frozen=True)
class Kept:
    """The partner, and whether this call changed anything of it."""

    partner: Partner
    is_changed: bool


@audit.attempt("partners.create_partner", target_kind="mpn", target_from="mpn_id")
@transaction.atomic
def create_partner(*, mpn_id: str, company: Company, by: User, at: datetime) -> Kept:
    """
    Write a new partner; one that is there and is the same is left as it is.

    :param mpn_id: seven digits, for ever
    :raises NotAuthorized: `by` is not of a kind of staff that may; with which may
    :raises PartnerInvalid: something of it is not valid, or the MPN ID belongs to another partner
    """
    permissions.require_staff(StaffPermission.MANAGE_MEMBERSHIPS, by=by)
    fields = _checked(company)
    if not (len(mpn_id) == MPN_DIGITS and mpn_id.isascii() and mpn_id.isdigit()):
        raise _invalid("mpn_id", _("An MPN ID has seven digits."))
    partner, is_new = Partner.objects.get_or_create(mpn_id=mpn_id, defaults=fields)
    if not is_new:
        if _fields_of(partner) == fields:
            return Kept(partner, is_changed=False)
        raise _invalid(
            "mpn_id",
            _("The MPN ID %(mpn_id)s belongs to %(partner)s.")
            % {"mpn_id": mpn_id, "partner": partner.name},
            next_step=NextStep(_("Check the number, or change that partner.")),
        )
    _record("partners.create_partner", partner, before={}, by=by, at=at)
    return Kept(partner, is_changed=True)


@audit.attempt("partners.change_partner", target_kind="mpn", target_from="mpn_id")
@transaction.atomic
def change_partner(*, mpn_id: str, company: Company, by: User, at: datetime) -> Kept:
    """
    Give the partner this name, country and programs; who works for it keeps what they have.

    While a partner is not in a program nobody there reaches what belongs to it; all of it is there
    again when the partner comes back.

    :raises Partner.DoesNotExist: no such partner
    :raises NotAuthorized: `by` is not of a kind of staff that may; with which may
    :raises PartnerInvalid: something of it is not valid
    """
    permissions.require_staff(StaffPermission.MANAGE_MEMBERSHIPS, by=by)
    fields = _checked(company)
    locked = Partner.objects.select_for_update(of=("self",), no_key=True)
    partner = locked.get(mpn_id=mpn_id)
    before = _fields_of(partner)
    if before == fields:
        return Kept(partner, is_changed=False)
    for name, value in fields.items():
        setattr(partner, name, value)
    partner.save(update_fields=[*fields, "name_folded"])
    _record("partners.change_partner", partner, before=before, by=by, at=at)
    return Kept(partner, is_changed=True)


def company_of(*, partner: Partner) -> Company:
    """Return the partner as a form shows it first."""
    enrolled = zip(PROGRAMS, (partner.in_mpn, partner.in_csp), strict=True)
    programs = [program for program, is_in in enrolled if is_in]
    return Company(name=partner.name, country=partner.country, programs=programs)


def _checked(company: Company) -> dict[str, Any]:
    """Return the fields of a partner that is described so."""
    name = " ".join(company.name.split())
    if not name or not name.isprintable():
        raise _invalid("name", _("Enter the name of the company."))
    if len(name) > LONGEST_NAME:
        limit = {"limit": LONGEST_NAME}
        raise _invalid("name", _("A name has at most %(limit)d characters.") % limit)
    if company.country not in dict(countries()):
        raise _invalid(
            "country",
            _("There is no country with the code %(code)s.") % {"code": company.country[:20]},
            next_step=NextStep(_("Use two capital letters, such as SE.")),
        )
    unknown = sorted(set(company.programs) - set(PROGRAMS))
    if unknown or not company.programs:
        raise _invalid("programs", _("Choose MPN, CSP or both."))
    return {
        "name": name,
        "country": company.country,
        "in_mpn": "MPN" in company.programs,
        "in_csp": "CSP" in company.programs,
    }


def _fields_of(partner: Partner) -> dict[str, Any]:
    return {
        "name": partner.name,
        "country": partner.country,
        "in_mpn": partner.in_mpn,
        "in_csp": partner.in_csp,
    }


def _invalid(field: str, sentence: str, *, next_step: NextStep | None = None) -> PartnerInvalid:
    return PartnerInvalid(sentence, facts={"field": field}, next_step=next_step)


def _record(
    action: str, partner: Partner, *, before: dict[str, Any], by: User, at: datetime
) -> None:
    """Record what is so now, and of what was otherwise what it was."""
    now = _fields_of(partner)
    changed = {name: value for name, value in before.items() if now[name] != value}
    audit.record(
        action,
        by=by,
        at=at,
        partner=partner.mpn_id,
        target=("mpn", partner.mpn_id),
        facts={**now, "before": changed},
    )

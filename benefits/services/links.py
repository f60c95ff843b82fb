"""
Linking a contract to an account: with the pair, or with one click in the house that sees the pair.

Source: "Access ID and Contract ID". A correct pair always links; only *not found* counts towards
the throttle, and one answer stands for every way of being wrong.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from benefits import entitlements, ids, reasons
from benefits.entitlements import Entitlement
from benefits.models import Contract, IssuedId, Link, Plan
from benefits.services import events, succession
from partners import permissions
from partners.models import User
from partners.roles import Permission
from portal import audit, origin, throttle
from portal.refusals import NextStep, Refusal

GUESSES = throttle.Limit(scope="link-contract", hits=10, window=timedelta(minutes=15))


class PairNotFound(Refusal):
    """Well-formed, and no such pair; nobody is told which of the two is wrong."""

    code = "pair_not_found"
    status = 400

    def __init__(self) -> None:
        super().__init__(
            _("These two IDs don't belong together, or there is no such contract."),
            next_step=NextStep(
                _("Compare both numbers with the ones you were given, or ask for them again.")
            ),
        )


@dataclass(frozen=True)
class Linked:
    """A contract that the account may use, and what each of its plans is good for."""

    contract: Contract
    linked_at: datetime
    is_new: bool
    plans: list[Entitlement]


@audit.attempt("benefits.link_contract")
def link_contract(*, access_text: str, contract_text: str, by: User, at: datetime) -> Linked:
    """
    Link the contract of the typed pair to the account of `by`.

    The texts are what the person typed into the two fields; spaces, hyphens, words around, both
    numbers in one field and swapped fields are forgiven.

    :raises MalformedId: a number has the wrong length or a typing error; not counted
    :raises PairNotFound: no such pair; counted per account and per address
    :raises TooManyAttempts: ten were not found within 15 minutes
    :raises LinkRevoked: the partner took the contract away from this account
    :raises NotAuthorized: staff hold no links
    """
    _refuse_staff(by)
    pair = ids.read_pair(access_text=access_text, contract_text=contract_text)
    with transaction.atomic():
        attempt = throttle.begin(limit=GUESSES, keys=_guess_keys(by))
        contract = _contract_of(pair)
        if contract is None:
            attempt.count()
            outcome = None
        else:
            outcome = _link(contract, method=Link.Method.PAIR, by=by, at=at)
    if outcome is None:
        raise PairNotFound
    return outcome


@audit.attempt("benefits.link_contract", target_kind="contract", target_from="contract_id")
@transaction.atomic
def link_own_contract(*, contract_id: uuid.UUID, by: User, at: datetime) -> Linked:
    """
    Link a contract of the account's own company with one click, for its users see the pair.

    :raises Contract.DoesNotExist: not a contract whose pair the account sees
    :raises LinkRevoked: the partner took the contract away from this account
    """
    _refuse_staff(by)
    mine = Plan.objects.visible_to(by).values("package_id")
    contract = Contract.objects.get(public_id=contract_id, package_id__in=mine, starts_at__lte=at)
    return _link(contract, method=Link.Method.ONE_CLICK, by=by, at=at)


@audit.attempt("benefits.drop_link", target_kind="contract", target_from="contract_id")
@transaction.atomic
def drop_link(*, contract_id: uuid.UUID, by: User, at: datetime) -> Link:
    """
    Give up one's own link; the pair, or one click, links it again.

    :raises Link.DoesNotExist: the account has no link to it
    :raises LinkRevoked: it was taken away; dropping it would hide that from the admins
    """
    link = _locked_link(user=by, contract_id=contract_id)
    if link.revoked_at is not None:
        raise reasons.link_revoked(_plans_of(link.contract, by=by, at=at)[0])
    if link.dropped_at is None:
        link.dropped_at = at
        link.save(update_fields=["dropped_at"])
        succession.follow(link=link, at=at)
        _record("benefits.drop_link", link, by=by, at=at)
    return link


@audit.attempt("benefits.revoke_link", target_kind="contract", target_from="contract_id")
@transaction.atomic
def revoke_link(*, contract_id: uuid.UUID, user: User, by: User, at: datetime) -> Link:
    """
    Take the contract away from an account; it stays away until an admin gives it back.

    Twice is once: who did it first, and when, stays.

    :raises Link.DoesNotExist: the account never linked it
    :raises NotAuthorized: `by` may not do so for the partner
    """
    return _change_link(contract_id, user, "benefits.revoke_link", by=by, at=at, revoked_at=at)


@audit.attempt("benefits.restore_link", target_kind="contract", target_from="contract_id")
@transaction.atomic
def restore_link(*, contract_id: uuid.UUID, user: User, by: User, at: datetime) -> Link:
    """
    Give a revoked contract back to an account; where nothing was taken away, nothing changes.

    :raises Link.DoesNotExist: the account never linked it
    :raises NotAuthorized: `by` may not do so for the partner
    """
    return _change_link(contract_id, user, "benefits.restore_link", by=by, at=at, revoked_at=None)


def _change_link(
    contract_id: uuid.UUID,
    user: User,
    action: str,
    *,
    by: User,
    at: datetime,
    revoked_at: datetime | None,
) -> Link:
    link = _locked_link(user=user, contract_id=contract_id)
    partner = link.contract.package.partner
    permissions.require(Permission.REVOKE_OR_REPLACE, by=by, partner=partner)
    if link.is_revoked == (revoked_at is not None):
        return link
    link.revoked_at = revoked_at
    link.revoked_by = by if revoked_at else None
    link.save(update_fields=["revoked_at", "revoked_by"])
    succession.follow(link=link, at=at)
    _record(action, link, by=by, at=at)
    return link


def _locked_link(*, user: User, contract_id: uuid.UUID) -> Link:
    return (
        Link.objects.select_for_update(of=("self",), no_key=True)
        .select_related("contract__package__partner")
        .get(user=user, contract__public_id=contract_id)
    )


def _link(contract: Contract, *, method: Link.Method, by: User, at: datetime) -> Linked:
    link, is_new = Link.objects.get_or_create(
        user=by, contract=contract, defaults={"method": method, "linked_at": at}
    )
    if not is_new:
        link = _locked_link(user=by, contract_id=contract.public_id)
    if link.dropped_at is not None and link.revoked_at is None:
        link.dropped_at, link.linked_at, link.method = None, at, method
        link.save(update_fields=["dropped_at", "linked_at", "method"])
        is_new = True
    plans = _plans_of(contract, by=by, at=at)
    if link.revoked_at is not None:
        raise reasons.link_revoked(plans[0])
    if is_new:
        _record("benefits.link_contract", link, by=by, at=at)
        events.append_linked(link=link, at=at)
        succession.follow(link=link, at=at)
    return Linked(contract=contract, linked_at=link.linked_at, is_new=is_new, plans=plans)


def _plans_of(contract: Contract, *, by: User, at: datetime) -> list[Entitlement]:
    plans = Plan.objects.that_count_incidents().filter(package__contract=contract)
    return entitlements.read(plans, user=by, at=at)


def _contract_of(pair: ids.TypedPair) -> Contract | None:
    """Find it by one query, whichever number stands in which field; replaced ones don't link."""
    issued = list(
        IssuedId.objects.filter(
            number__in=[pair.access, pair.contract], replaced_at__isnull=True
        ).select_related("contract__package__partner")
    )
    if len(issued) != 2 or issued[0].contract_id != issued[1].contract_id:
        return None
    return issued[0].contract


def _guess_keys(by: User) -> list[str]:
    address = origin.current().address
    return [f"account:{by.pk}"] + ([f"address:{address}"] if address else [])


def _record(action: str, link: Link, *, by: User, at: datetime) -> None:
    audit.record(
        action,
        by=by,
        at=at,
        partner=link.contract.package.partner.mpn_id,
        target=("contract", link.contract.public_id),
        facts={"account": str(link.user.public_id), "method": link.method},
    )


def _refuse_staff(by: User) -> None:
    permissions.refuse_staff(
        by, instead=_("Staff accounts hold no links. Use the look-up instead.")
    )

"""
The pair of IDs of a contract: issued, shown, replaced.

Source: "Access ID and Contract ID". It is shown only to users of the owning partner, and each time
that is recorded; what is recorded holds no number.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction

from benefits import entitlements, ids, reasons
from benefits.models import Contract, IssuedId, Plan
from partners import permissions
from partners.models import User
from partners.roles import Permission
from portal import audit, idempotency

DRAWS = 20
REPLACE = "replace_pair"


@dataclass(frozen=True)
class Pair:
    """The two IDs of a contract, nine digits each."""

    access: int
    # Never in a log, nor in a traceback that gets there.
    contract: int = field(repr=False)

    @property
    def both(self) -> str:
        """The pair as text to paste: one field of Add contract takes all of it."""
        return f"Access ID: {self.access}, Contract ID: {self.contract}"


@dataclass(frozen=True)
class Replacement:
    """The contract with its fresh pair, and whether this call was the one that issued it."""

    contract: Contract
    is_new: bool


@transaction.atomic
def show_pair(*, contract_id: uuid.UUID, by: User, at: datetime) -> Pair:
    """
    Return the pair to a user of the owning partner, and record that it was shown.

    Outside MPN users see that of a contract which was bought.

    Before the contract's start the pair is hidden; nobody outside the partner ever sees it.

    :raises Contract.DoesNotExist: not a contract whose pair the account sees
    """
    mine = Plan.objects.visible_to(by).values("package_id")
    contract = Contract.objects.select_related("package__partner").get(
        public_id=contract_id, package_id__in=mine, starts_at__lte=at
    )
    current = contract.issued_ids.filter(replaced_at__isnull=True)
    numbers = dict(current.values_list("kind", "number"))
    audit.record(
        "benefits.show_pair",
        by=by,
        at=at,
        partner=contract.package.partner.mpn_id,
        target=("contract", contract_id),
    )
    return Pair(access=numbers[IssuedId.Kind.ACCESS], contract=numbers[IssuedId.Kind.CONTRACT])


@audit.attempt("benefits.replace_pair", target_kind="contract", target_from="contract_id")
@transaction.atomic
def replace_pair(*, contract_id: uuid.UUID, by: User, at: datetime, key: str) -> Replacement:
    """
    Issue a fresh pair: the current one stops linking, the links that exist stay.

    :param key: of the form it was asked for with; the same form replaces once
    :raises Contract.DoesNotExist: no such contract
    :raises NotAuthorized: `by` may not do so for the partner; with who may
    :raises ActivationPending: the contract starts later, and nobody has seen its pair yet
    :raises ContractExpired: the contract has ended
    :raises IdempotencyKeyInvalid, IdempotencyKeyReused: no key, or one of another form
    """
    # Locked first: two admins at once replace one after the other, and one pair is current.
    locked = Contract.objects.select_for_update(of=("self",), no_key=True)
    contract = locked.select_related("package__partner").get(public_id=contract_id)
    _require_right(contract, by=by)
    claim = idempotency.claim(
        by=by, operation=REPLACE, key=key, content={"contract": str(contract_id)}
    )
    if claim.is_replay:
        return Replacement(contract, is_new=False)
    _require_running(contract, by=by, at=at)
    contract.issued_ids.filter(replaced_at__isnull=True).update(replaced_at=at)
    issue_pair(contract=contract, at=at)
    partner = contract.package.partner.mpn_id
    audit.record(
        "benefits.replace_pair", by=by, at=at, partner=partner, target=("contract", contract_id)
    )
    return Replacement(contract, is_new=True)


@audit.attempt("benefits.replace_pair", target_kind="contract", target_from="contract_id")
def require_replaceable(*, contract_id: uuid.UUID, by: User, at: datetime) -> None:
    """
    Make sure that the account could replace the pair now; nothing is changed.

    :raises Contract.DoesNotExist, NotAuthorized, ActivationPending, ContractExpired: as replacing
    """
    contract = Contract.objects.select_related("package__partner").get(public_id=contract_id)
    _require_right(contract, by=by)
    _require_running(contract, by=by, at=at)


def issue_pair(*, contract: Contract, at: datetime) -> None:
    """Issue a fresh Access ID and Contract ID; call it in the transaction that needs them."""
    for kind in (IssuedId.Kind.ACCESS, IssuedId.Kind.CONTRACT):
        _issue(contract, kind=kind, at=at)


def _issue(contract: Contract, *, kind: IssuedId.Kind, at: datetime) -> IssuedId:
    # A number that was issued before is drawn again: rare, but certain at many contracts.
    for _draw in range(DRAWS):
        try:
            with transaction.atomic():
                return IssuedId.objects.create(
                    number=ids.draw(), kind=kind, contract=contract, issued_at=at
                )
        except IntegrityError:
            continue
    raise RuntimeError(f"no free ID in {DRAWS} draws")


def _require_right(contract: Contract, *, by: User) -> None:
    partner = contract.package.partner
    permissions.require(Permission.REVOKE_OR_REPLACE, by=by, partner=partner)


def _require_running(contract: Contract, *, by: User, at: datetime) -> None:
    plans = Plan.objects.that_count_incidents().filter(package=contract.package)
    entitlement = entitlements.read(plans, user=by, at=at)[0]
    if entitlement.is_pending:
        raise reasons.pending(entitlement)
    if entitlement.is_expired:
        raise reasons.expired(entitlement)

"""Issuing the pair, and showing it: recorded each time, only to users of the owning partner."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction

from benefits import ids
from benefits.models import Contract, IssuedId, Plan
from partners.models import User
from portal import audit

DRAWS = 20


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


@transaction.atomic
def show_pair(*, contract_id: uuid.UUID, by: User, at: datetime) -> Pair:
    """
    Return the pair to an MPN user of the owning partner, and record that it was shown.

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

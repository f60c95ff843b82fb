"""
From one contract to the next: what activation carries over from the years before.

Source: "Upgrade", and "When the successor is activated the links are copied to its contract".
"""

from datetime import datetime

from django.db.models import F
from django.db.models.functions import Greatest, Least

from benefits.models import Contract, Link, Membership
from benefits.services import events


def take_over(*, contract: Contract, at: datetime) -> int:
    """
    Let a fresh contract succeed the ones before it; return how many links it got from them.

    The caller holds the package locked, in the transaction that issues the contract.
    """
    membership = contract.package.membership
    assert membership is not None, "what was bought is not activated"
    _end_replaced(membership, contract=contract)
    before = _contract_before(membership)
    return copy_links(before=before, contract=contract, at=at) if before is not None else 0


def follow(*, link: Link, at: datetime) -> None:
    """
    Let a link that was just changed be the same on a successor that is activated and pending.

    Links were copied when activation was requested, or the next year of a plan was bought; the
    contract takes over when it starts. Who
    links, drops, loses or gets back the old contract until then does so with the new one. Nobody
    is blocked on it: there, a link that was taken away is only not in force.
    """
    pending = _pending_after(link.contract, at=at)
    if pending is None:
        return
    copy = Link.objects.filter(user_id=link.user_id, contract=pending).first()
    if copy is not None:
        copy.dropped_at = None if link.is_in_force else at
        copy.save(update_fields=["dropped_at"])
    elif link.is_in_force:
        _copy(contract=pending, user_ids=[link.user_id], at=at)


def copy_links(*, before: Contract, contract: Contract, at: datetime) -> int:
    """
    Link whoever uses the contract before to a fresh one, and return how many: nobody has to enter
    its pair.
    """
    # Locked: one that is taken away meanwhile is not copied.
    locked = Link.objects.select_for_update(of=("self",), no_key=True)
    users = locked.filter(contract=before).in_force().order_by("pk")
    return _copy(contract=contract, user_ids=list(users.values_list("user_id", flat=True)), at=at)


def _end_replaced(membership: Membership, *, contract: Contract) -> None:
    """End the contract that an upgrade left running, when the new one starts; at most once."""
    old = membership.predecessor
    if old is None or old.ended_on is None:
        return
    # Never later than its own end, and not before it began: it may be pending itself.
    Contract.objects.filter(package__membership=old).update(
        ends_at=Least(F("ends_at"), Greatest(F("starts_at"), contract.starts_at))
    )


def _contract_before(membership: Membership) -> Contract | None:
    """Return the contract of the nearest year before that was activated."""
    year = membership.predecessor
    while year is not None:
        found = Contract.objects.filter(package__membership=year).first()
        if found is not None:
            return found
        year = year.predecessor
    return None


def _pending_after(contract: Contract, *, at: datetime) -> Contract | None:
    """Return the contract of the nearest year after that was activated, if it starts later."""
    bought = contract.package.purchase
    if bought is not None:
        next_year = Contract.objects.filter(package__purchase__offer=bought.offer)
        return next_year.filter(
            package__partner_id=contract.package.partner_id, starts_at=contract.ends_at
        ).first()
    year = Membership.objects.filter(predecessor__package__contract=contract).first()
    while year is not None:
        found = Contract.objects.filter(package__membership=year).first()
        if found is not None:
            return found if found.starts_at > at else None
        year = Membership.objects.filter(predecessor=year).first()
    return None


def _copy(*, contract: Contract, user_ids: list[int], at: datetime) -> int:
    links = Link.objects.bulk_create(
        Link(contract=contract, user_id=user_id, method=Link.Method.COPIED, linked_at=at)
        for user_id in user_ids
    )
    events.append_all_linked(links=links, package=contract.package, at=at)
    return len(links)

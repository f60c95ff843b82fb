"""What the expanded row of a plan shows beside the entitlement: movements and linked accounts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Count, Window
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from benefits.entitlements import Entitlement
from benefits.models import LedgerEntry, Link
from partners.acting import Acting
from partners.models import User
from partners.roles import Permission

MOVEMENTS_SHOWN = 5
LINKS_SHOWN = 25


@dataclass(frozen=True)
class LinkedAccounts:
    """The accounts that may use a contract: listed for those who may see them, else counted."""

    listed: Sequence[Link]
    sentence: str


@dataclass(frozen=True)
class Movement:
    """A ledger entry as a reader may see it: `by` names only people whom the reader may see."""

    entry: LedgerEntry
    by: str


def shown_to(entries: Iterable[LedgerEntry], *, acting: Acting, user: User) -> Iterator[Movement]:
    """
    Name who caused each entry, as far as the account may know.

    Names are for those who see the linked accounts; others see their own, and that of whoever
    activated, which every user of the partner may know.
    """
    sees_all = user.is_staff_member or acting.may(Permission.SEE_LINKED_ACCOUNTS)
    for entry in entries:
        is_open = sees_all or entry.actor_id == user.pk or entry.kind == LedgerEntry.Kind.GRANT
        if entry.actor is None:
            yield Movement(entry, by="")
        else:
            yield Movement(entry, by=entry.actor.name if is_open else _("another account"))


def last_movements(plan_pk: int, *, count: int = MOVEMENTS_SHOWN) -> list[LedgerEntry]:
    """Return the latest entries of a plan, newest first."""
    entries = LedgerEntry.objects.filter(plan_id=plan_pk).select_related("actor")
    return list(entries.order_by("-number")[:count])


def linked_accounts(e: Entitlement, *, acting: Acting, user: User) -> LinkedAccounts:
    """Return who has linked the contract, as far as the account may know."""
    assert e.contract_pk is not None, "only a contract is linked"
    links = Link.objects.filter(contract_id=e.contract_pk, dropped_at__isnull=True)
    if acting.may(Permission.SEE_LINKED_ACCOUNTS):
        # One statement for the page and the count, however many there are.
        counted = links.select_related("user").annotate(in_all=Window(Count("pk")))
        listed = list(counted.order_by("-linked_at", "-pk")[:LINKS_SHOWN])
        in_all = getattr(listed[0], "in_all", 0) if listed else 0
        if in_all == len(listed):
            return LinkedAccounts(listed=listed, sentence="")
        more = _("These are the latest %(shown)d of %(count)d.") % {
            "shown": LINKS_SHOWN,
            "count": in_all,
        }
        return LinkedAccounts(listed=listed, sentence=more)
    others = links.in_force().exclude(user=user).count()
    return LinkedAccounts(listed=[], sentence=_count_sentence(others, is_linked=e.is_linked))


def _count_sentence(others: int, *, is_linked: bool) -> str:
    if is_linked and not others:
        return _("Only you have linked this contract.")
    if is_linked:
        return ngettext("You and %(count)d other.", "You and %(count)d others.", others) % {
            "count": others
        }
    return ngettext("%(count)d account.", "%(count)d accounts.", others) % {"count": others}

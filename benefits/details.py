"""What the expanded row of a plan shows beside the entitlement: movements and linked accounts."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from benefits.entitlements import Entitlement
from benefits.models import LedgerEntry, Link
from partners.acting import Acting
from partners.models import User
from partners.roles import Permission

MOVEMENTS_SHOWN = 5


@dataclass(frozen=True)
class LinkedAccounts:
    """The accounts that may use a contract: listed for those who may see them, else counted."""

    listed: list[Link]
    sentence: str


def last_movements(plan_pk: int, *, count: int = MOVEMENTS_SHOWN) -> list[LedgerEntry]:
    """Return the latest entries of a plan, newest first."""
    entries = LedgerEntry.objects.filter(plan_id=plan_pk).select_related("actor")
    return list(entries.order_by("-number")[:count])


def linked_accounts(e: Entitlement, *, acting: Acting, user: User) -> LinkedAccounts:
    """Return who has linked the contract, as far as the account may know."""
    assert e.contract_pk is not None, "only a contract is linked"
    links = Link.objects.filter(contract_id=e.contract_pk, dropped_at__isnull=True)
    if acting.may(Permission.SEE_LINKED_ACCOUNTS):
        listed = list(links.select_related("user").order_by("linked_at", "pk"))
        return LinkedAccounts(listed=listed, sentence="")
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

"""What somebody who has just come here does next. The rules are those of the plans' reasons."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from benefits import reasons
from benefits.entitlements import Entitlement
from portal.refusals import NextStep


def first_step(
    found: Iterable[Entitlement], *, may_activate: bool, has_asked: bool
) -> NextStep | None:
    """
    Return the step that comes before the account can use what its partner holds, else its first
    request; None to those who have asked for support already, or have nothing that they can use.

    :param has_asked: whether the account has ever opened a request
    """
    plans = [e for e in found if not e.counts_hours]
    waiting = next((e for e in plans if e.is_not_activated), None)
    if waiting is not None:
        return _activate(waiting, may_activate=may_activate)
    usable = [e for e in plans if e.is_active]
    if not usable or has_asked:
        return None
    if not any(e.is_linked for e in usable):
        return NextStep(_("Link it to my account"), url=_details(usable[0]))
    return NextStep(_("Create a request"), url=reverse("support:create"))


def _activate(waiting: Entitlement, *, may_activate: bool) -> NextStep | None:
    if may_activate:
        return NextStep(_("Activate the benefits"), url=_details(waiting))
    return reasons.not_activated(waiting).explanation.next_step


def _details(entitlement: Entitlement) -> str:
    """Return the address of the plan's open row."""
    return f"{reverse('benefits:plan', args=[entitlement.id])}#details"

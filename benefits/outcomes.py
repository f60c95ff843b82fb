"""What a page says after something was done with a benefit: the new fact, in a sentence."""

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from benefits import reasons, wording
from benefits.allotments import Scope
from benefits.entitlements import Entitlement
from benefits.models import LedgerEntry
from portal.sentences import day, last_day, signed


def bought(e: Entitlement, *, is_new: bool) -> str:
    """Return what became of a purchase."""
    if not is_new:
        return _(
            "This form was sent before: the plan was bought then, and nothing more was bought."
        )
    values = {"plan": e.plan_name, "start": day(e.starts_at), "end": last_day(e.ends_at)}
    if e.is_scheduled:
        return (
            _(
                "%(plan)s is bought from %(start)s until %(end)s; nothing was charged. Accounts "
                "that use this year's contract are linked to the new one."
            )
            % values
        )
    return (
        _(
            "%(plan)s is bought and runs until %(end)s; nothing was charged. Its IDs are on this "
            "page: link it to your account to use it."
        )
        % values
    )


def linked(plans: Sequence[Entitlement], *, is_new: bool, scope: Scope | None = None) -> str:
    """
    Return what a contract that was just entered is good for, as HTML.

    With nothing that can be used, now or later, it leads to the plans that are sold.

    :param scope: what the portal is for, if for one kind of product only
    """
    said = wording.linked(plans, is_new=is_new, scope=scope)
    is_to_come = any(e.is_pending or e.is_scheduled for e in plans)
    if is_to_come or wording.is_good_here(plans, scope=scope):
        return said
    step = reasons.compare_plans(_("See the partner support plans."))
    return format_html('{} <a href="{}">{}</a>', said, step.url, step.text)


def activated(*, is_ready: bool, links_copied: int) -> str:
    """Return what activating brought, and who goes on from the contract of the year before."""
    said = _("Activation is requested. The IDs appear here when ready.")
    if is_ready:
        said = _("Your benefits are active. Here are your IDs.")
    if not links_copied:
        return said
    return ngettext(
        "%(said)s %(count)d account linked to the contract before goes on without them.",
        "%(said)s %(count)d accounts linked to the contract before go on without them.",
        links_copied,
    ) % {"said": said, "count": links_copied}


def replaced(*, is_new: bool) -> str:
    """Return what became of the pair when its replacement was asked for."""
    if not is_new:
        return _("This form was sent before: the IDs were replaced then, and nothing more changed.")
    return _(
        "New IDs are issued. The old ones no longer link; accounts that are linked stay linked. "
        "Give the new ones to whoever has yet to link."
    )


def adjusted(entry: LedgerEntry, *, is_replay: bool) -> str:
    """Return what a correction of a plan's total changed, and what is left after it."""
    left = entry.remaining_after or 0
    sentence = ngettext(
        "%(quantity)s on %(plan)s: %(left)d is left.",
        "%(quantity)s on %(plan)s: %(left)d are left.",
        left,
    ) % {"quantity": signed(entry.quantity), "plan": entry.plan.label, "left": left}
    if is_replay:
        return _("This form was sent before, and nothing more changed. Booked then: %(what)s") % {
            "what": sentence
        }
    return sentence

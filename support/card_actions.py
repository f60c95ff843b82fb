"""What somebody of the staff may do from the card; the table of rights decides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from benefits import wording
from benefits.entitlements import Entitlement
from partners.models import User
from partners.permissions import staff_may
from partners.roles import StaffPermission
from support.models import SupportRequest

# Where on the card the open requests stand.
REQUESTS = "open-requests"


@dataclass(frozen=True)
class Action:
    """Something to do, and where."""

    label: str
    url: str


@dataclass(frozen=True)
class Actions:
    """What the reader may do; for whom that is nothing, why."""

    offered: list[Action]
    sentence: str


def actions_for(
    reader: User, *, shown: Iterable[Entitlement], open_requests: Sequence[SupportRequest]
) -> Actions:
    """Return what the reader may do about the plans and requests on the card, as they are now."""
    offered = []
    if staff_may(reader, StaffPermission.WORK_ON_REQUESTS):
        offered += _work_on(open_requests)
    if staff_may(reader, StaffPermission.ADJUST_PLANS):
        offered += [_correct(e) for e in shown if e.is_adjustable]
    if offered:
        return Actions(offered, "")
    rights = (StaffPermission.WORK_ON_REQUESTS, StaffPermission.ADJUST_PLANS)
    if any(staff_may(reader, right) for right in rights):
        return Actions([], _("There is nothing to do here: no request is open."))
    return Actions([], _("Your role reads everything and changes nothing."))


def _work_on(requests: Sequence[SupportRequest]) -> list[Action]:
    if not requests:
        return []
    return [Action(_("Work on the open requests"), f"#{REQUESTS}")]


def _correct(e: Entitlement) -> Action:
    return Action(
        _("Correct %(plan)s (%(source)s)")
        % {"plan": wording.title(e), "source": wording.source(e)},
        reverse("support:staff-adjust", args=[e.id]),
    )

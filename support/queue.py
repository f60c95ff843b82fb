"""Which requests the staff's queue shows, and in which order: all of it through the address."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy

from partners.models import Partner, User
from portal.paging import Page, page_of
from support import claims, products
from support.models import RequestQuerySet, SupportRequest
from support.severities import Severity

State = SupportRequest.State
# What has ended is nobody's to answer; the look-up finds it.
ENDED = (State.RESOLVED, State.CLOSED)
OVERDUE, TODAY, LATER = "overdue", "today", "later"
MINE, NOBODY = "me", "nobody"
BY_DUE, NEWEST, OLDEST = "due", "newest", "oldest"
KEY_DIGITS = 15
EVERY = ("", gettext_lazy("All"))


class QueueForm(forms.Form):
    """Which requests are shown; what it doesn't know keeps all that are not resolved, due first."""

    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("Not resolved yet")),
            *((state.value, state.label) for state in State if state not in ENDED),
        ],
    )
    due = forms.ChoiceField(
        label=gettext_lazy("First answer due"),
        required=False,
        choices=[
            EVERY,
            (OVERDUE, gettext_lazy("Overdue")),
            (TODAY, gettext_lazy("Today")),
            (LATER, gettext_lazy("Later")),
        ],
    )
    severity = forms.ChoiceField(
        label=gettext_lazy("Severity"), required=False, choices=[EVERY, *Severity.choices]
    )
    portal = forms.ChoiceField(
        label=gettext_lazy("Portal"),
        required=False,
        choices=[EVERY, *SupportRequest.Portal.choices],
    )
    product = forms.ChoiceField(
        label=gettext_lazy("Product family"),
        required=False,
        choices=lambda: [EVERY, *((family, family) for family in products.families())],
    )
    claimed = forms.ChoiceField(
        label=gettext_lazy("Claimed by"),
        required=False,
        choices=[EVERY, (MINE, gettext_lazy("Me")), (NOBODY, gettext_lazy("Nobody"))],
    )
    sort = forms.ChoiceField(
        label=gettext_lazy("Order"),
        required=False,
        choices=[
            ("", gettext_lazy("Due first")),
            (NEWEST, gettext_lazy("Newest first")),
            (OLDEST, gettext_lazy("Oldest first")),
        ],
    )

    @property
    def chosen(self) -> dict[str, str]:
        """What was asked for and is known, by name."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def shown(self) -> "QueueForm":
        """Return the form with what is known of what was asked for, and no errors."""
        return QueueForm(initial=self.chosen)


@dataclass(frozen=True)
class Line:
    """One request of the queue, whose it is, and how it stands with its reader."""

    request: SupportRequest
    whose: Partner | None
    is_overdue: bool
    is_mine: bool


def queue(*, chosen: dict[str, str], reader: User, at: datetime) -> RequestQuerySet:
    """Return the requests of all partners that were asked for, with whose they are, in order."""
    found = _in_state(chosen.get("state", ""))
    if "severity" in chosen:
        found = found.filter(severity=chosen["severity"])
    if "portal" in chosen:
        found = found.filter(portal=chosen["portal"])
    if "product" in chosen:
        found = found.filter(product_family=chosen["product"])
    if "claimed" in chosen:
        found = found.filter(claimed_by=reader if chosen["claimed"] == MINE else None)
    if "due" in chosen:
        found = found.filter(_due(chosen["due"], at=at))
    whose = ("partner", "plan__package__partner", "claimed_by", "customer")
    return _in_order(found.select_related(*whose), sort=chosen.get("sort", BY_DUE))


def page_of_queue(found: RequestQuerySet, *, chosen: dict[str, str], key: str) -> Page[Any]:
    """
    Return one page of the queue, in one statement, and one more for the key.

    :param key: the number of the request where the page before ended; "" begins at the first
    """
    return page_of(
        found,
        key=key,
        after=BEHIND[chosen.get("sort", BY_DUE)],
        key_of=lambda request: request.number,
    )


def line_of(request: SupportRequest, *, reader: User, at: datetime) -> Line:
    """Return a request of the queue as its page shows it."""
    return Line(
        request,
        whose=request.whose(),
        is_overdue=request.is_overdue(at=at),
        is_mine=claims.is_of(request, by=reader),
    )


def readable_key(text: str) -> str:
    """Return the key if it can be one: fifteen digits."""
    return text if text.isascii() and text.isdigit() and len(text) == KEY_DIGITS else ""


def query_of(chosen: dict[str, str], **more: str) -> str:
    """Return the part of an address that asks for the same again, with what more it says."""
    return urlencode({**chosen, **{name: value for name, value in more.items() if value}})


def _in_state(state: str) -> RequestQuerySet:
    worked_on = SupportRequest.objects.not_ended()
    return worked_on.filter(state=state) if state else worked_on


def _due(when: str, *, at: datetime) -> Q:
    """Return the condition; the day ends at midnight where the reader is."""
    zone = timezone.get_current_timezone()
    tomorrow = timezone.localtime(at, zone).date() + timedelta(days=1)
    midnight = datetime.combine(tomorrow, time.min, tzinfo=zone)
    return {
        OVERDUE: Q(due_at__lt=at),
        TODAY: Q(due_at__gte=at, due_at__lt=midnight),
        LATER: Q(due_at__gte=midnight),
    }[when]


# --- order, and what stands behind a key -----------------------------------------------------


def _in_order(found: RequestQuerySet, *, sort: str) -> RequestQuerySet:
    if sort == NEWEST:
        return found.order_by("-opened_at", "-pk")
    if sort == OLDEST:
        return found.order_by("opened_at", "pk")
    return found.order_by("due_at", "pk")


After = Callable[[Any, str], Any]


def _behind(field: str, *, descending: bool) -> After:
    """Return what keeps the requests behind the one of a number, ordered by a field and the key."""
    up_to, beyond = ("lte", "lt") if descending else ("gte", "gt")

    def after(found: RequestQuerySet, number: str) -> RequestQuerySet:
        last = SupportRequest.objects.filter(number=number).values(field, "pk").first()
        if last is None:
            return found
        # The first condition is for the index, which cannot begin at an OR.
        return found.filter(**{f"{field}__{up_to}": last[field]}).filter(
            Q(**{f"{field}__{beyond}": last[field]}) | Q(**{f"pk__{beyond}": last["pk"]})
        )

    return after


# What keeps the requests behind the one of a number, by order.
BEHIND = {
    BY_DUE: _behind("due_at", descending=False),
    NEWEST: _behind("opened_at", descending=True),
    OLDEST: _behind("opened_at", descending=False),
}

"""What the bell tells of the account's own requests: answered, resolved, or waiting for it."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    DateTimeField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from benefits.allotments import Unit
from benefits.models import LedgerEntry
from partners.models import User
from portal.notifications import Notification, is_unread, read_until
from portal.prepared import Given, Prepared
from portal.sentences import day_and_time
from support import life
from support.models import Note, RequestQuerySet, SupportRequest
from support.presentation import TONES

State = SupportRequest.State

NEWS_FOR = timedelta(days=14)
# However many there are: the latest of them, and My requests has them all.
MOST = 100


def of_requests(*, user: User, at: datetime) -> list[Notification]:
    """Return what the account should know of its own requests at `at`, in one statement."""
    return [_notification(request) for request in _REQUESTS.rows(user=user.pk, news=at - NEWS_FOR)]


def _requests(*, user: Given, news: Given) -> RequestQuerySet:
    """Return the requests that wait for the account, or were answered in the last days."""
    account = User(pk=user)
    answers = Note.objects.filter(request=OuterRef("pk")).exclude(author_id=user)
    latest = answers.order_by("-written_at", "-pk").values("written_at")[:1]
    deductions = LedgerEntry.objects.filter(
        request_number=OuterRef("number"), kind=LedgerEntry.Kind.CONSUME, plan__unit=Unit.HOUR
    )
    found = SupportRequest.objects.filter(pk__in=_open_or_changed(user, since=news)).annotate(
        answered_at=Subquery(latest),
        deducted_at=Subquery(deductions.values("occurred_at")[:1]),
        hours=Subquery(deductions.values("quantity")[:1]),
        read_at=read_until(account),
    )
    # Of a choice of states, SQLite would read everybody's requests in each of them.
    told = Case(
        When(state=State.WAITING_FOR_PARTNER, then=Value(True)),  # noqa: FBT003 - an SQL value
        When(state=State.RESOLVED, then=Q(state_changed_at__gt=news)),
        When(state=State.CLOSED, then=Q(closed_at__gt=news) & ~Q(closed_by_id=user)),
        default=Q(answered_at__gt=news) | Q(deducted_at__gt=news),
        output_field=BooleanField(),
    )
    return found.filter(told).order_by("-state_changed_at", "-pk")[:MOST]


def _open_or_changed(user: Given, *, since: Given) -> QuerySet[Any, Any]:
    """Return the keys of all that can be news, read by indexes that end before what is old."""
    mine = SupportRequest.objects.filter(author_id=user)
    changed = mine.filter(state_changed_at__gt=since)
    return mine.not_ended().values("pk").union(changed.values("pk"))


_REQUESTS = Prepared(_requests, user=BigIntegerField(), news=DateTimeField())


def _notification(request: SupportRequest) -> Notification:
    found = request.__dict__
    tone, title, text = _words(request)
    since = _last_news(request)
    return Notification(
        key=f"request.{request.number}",
        tone=tone,
        title=title,
        text=f"{text} {_hours(request)}".rstrip(),
        about=_about(request),
        since=since,
        is_unread=is_unread(since, read_at=found["read_at"]),
        url=reverse("support:request", args=[request.number]),
        action=_("Open the request"),
    )


def _last_news(request: SupportRequest) -> datetime:
    """Return when what is told of the request happened, or was added to."""
    found = request.__dict__
    moments = [request.state_changed_at, found["deducted_at"]]
    if request.state not in (State.RESOLVED, State.CLOSED):
        # An answer is newer than the state, or it is why the request waits.
        moments.append(found["answered_at"])
    return max(moment for moment in moments if moment is not None)


def _about(request: SupportRequest) -> str:
    about = f"{request.product_name} · {request.title}"
    return f"{request.get_kind_display()} · {about}" if request.asks_for_hours else about


def _hours(request: SupportRequest) -> str:
    """Say what a consultation took from the hours, and whether they came back."""
    if request.__dict__["hours"] is None:
        return ""
    hours = -request.__dict__["hours"]
    said = ngettext("%(hours)d hour was deducted.", "%(hours)d hours were deducted.", hours)
    if request.state == State.CLOSED and request.close_reason in life.RETURNS_INCIDENT:
        said = ngettext(
            "The %(hours)d hour that was deducted is returned.",
            "The %(hours)d hours that were deducted are returned.",
            hours,
        )
    return said % {"hours": hours}


def _words(request: SupportRequest) -> tuple[str, str, str]:
    """Return tone, title and sentence, by the state that the request is in."""
    number = {"number": request.number}
    match request.state:
        case State.WAITING_FOR_PARTNER:
            text = _("Request %(number)s waits for your answer.") % number
            return TONES[State.WAITING_FOR_PARTNER], _("Waiting for you"), text
        case State.RESOLVED:
            until = life.reopenable_until(request)
            assert until is not None, "a constraint"
            text = _("Support resolved request %(number)s. It can be reopened until %(until)s.") % {
                **number,
                "until": day_and_time(until),
            }
            return TONES[State.RESOLVED], _("Resolved"), text
        case State.CLOSED:
            text = _("Support closed request %(number)s: %(reason)s.") % {
                **number,
                "reason": request.get_close_reason_display(),
            }
            return TONES[State.CLOSED], _("Closed"), text
    if _last_is_deduction(request):
        text = _("The consultation of request %(number)s was held.") % number
        return "neutral", _("Hours deducted"), text
    return "waiting", _("Answered"), _("Support added a note to request %(number)s.") % number


def _last_is_deduction(request: SupportRequest) -> bool:
    answered_at, deducted_at = (request.__dict__[name] for name in ("answered_at", "deducted_at"))
    return deducted_at is not None and (answered_at is None or answered_at < deducted_at)

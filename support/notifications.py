"""What the bell tells of the account's own requests: answered, resolved, or waiting for it."""

from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from partners.models import User
from portal.notifications import Notification, is_unread, read_until
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
    return [_notification(request) for request in _requests(user, at=at)]


def _requests(user: User, *, at: datetime) -> RequestQuerySet:
    """Return the requests that wait for the account, or were answered in the last days."""
    news = at - NEWS_FOR
    answers = Note.objects.filter(request=OuterRef("pk")).exclude(author=user)
    latest = answers.order_by("-written_at", "-pk").values("written_at")[:1]
    mine = SupportRequest.objects.written_by(user).annotate(
        answered_at=Subquery(latest), read_at=read_until(user)
    )
    closed = Q(state=State.CLOSED, closed_at__gt=news) & ~Q(closed_by=user)
    told = (
        Q(state=State.WAITING_FOR_PARTNER)
        | Q(state=State.RESOLVED, state_changed_at__gt=news)
        | closed
        | Q(state__in=[State.OPEN, State.IN_PROGRESS], answered_at__gt=news)
    )
    return mine.filter(told).order_by("-state_changed_at", "-pk")[:MOST]


def _notification(request: SupportRequest) -> Notification:
    found = request.__dict__
    tone, title, text = _words(request)
    since = request.state_changed_at
    if request.state not in (State.RESOLVED, State.CLOSED) and found["answered_at"] is not None:
        # An answer is newer than the state, or it is why the request waits.
        since = max(since, found["answered_at"])
    return Notification(
        key=f"request.{request.number}",
        tone=tone,
        title=title,
        text=text,
        about=f"{request.product_name} · {request.title}",
        since=since,
        is_unread=is_unread(since, read_at=found["read_at"]),
        url=reverse("support:request", args=[request.number]),
        action=_("Open the request"),
    )


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
    return "waiting", _("Answered"), _("Support added a note to request %(number)s.") % number

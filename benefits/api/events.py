"""The change feed: what happened, in order, each event once, to be gone on with at any time."""

from datetime import datetime
from typing import Annotated, Any, Literal, TypedDict
from urllib.parse import urlencode
from uuid import UUID

from django.core import signing
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from benefits.api import examples
from benefits.api.access import caller
from benefits.api.shapes import Count, MpnId, RequestNumber
from benefits.models import Event
from benefits.services.events import read_feed
from partners.roles import Permission
from partners.scopes import ClientScope
from portal.refusals import NextStep
from portal.rest.inputs import DEFAULT_SIZE, MAX_SIZE, NumberInQuery, TextField
from portal.rest.paging import PageLink
from portal.rest.problems import InvalidFilter
from portal.rest.shapes import Says
from portal.rest.views import ApiView, operation

# Signed, so that a made-up place is told from a real one; always the same for one event.
SIGNER = signing.Signer(salt="events")


class EventShape(TypedDict):
    """
    One change. `cursor` is its place in the feed: send it as `after` to go on behind it.

    ACTIVATED and LINKED are about a whole benefits package; the others about one entitlement.
    THRESHOLD says that 80 or 100 per cent have been used.
    """

    id: UUID
    cursor: str
    type: Literal["ACTIVATED", "LINKED", "CONSUMED", "RETURNED", "EXPIRED", "ADJUSTED", "THRESHOLD"]
    occurredAt: datetime
    mpnId: MpnId
    benefitId: UUID
    entitlementId: UUID | None
    contractId: UUID | None
    quantity: int | None
    remainingAfter: Count | None
    requestNumber: RequestNumber | None
    percent: Annotated[int, Says(enum=[80, 100])] | None
    account: str | None


class FeedLinks(TypedDict):
    """This page, and where the feed goes on: there always is a next one, at the end it is empty."""

    self: PageLink
    next: PageLink


class FeedAttributes(TypedDict):
    """What kind of object this is."""

    objectType: Literal["Collection"]


class EventFeed(TypedDict):
    """A piece of the feed. It is never counted: `totalCount` is null."""

    totalCount: Count | None
    items: list[EventShape]
    links: FeedLinks
    attributes: FeedAttributes


class FeedQuery(serializers.Serializer):
    """Where to go on."""

    after = TextField(
        required=False,
        max_length=200,
        help_text="The cursor of the last event that you have dealt with; without it from the "
        "beginning.",
    )
    size = NumberInQuery(
        min_value=1, max_value=MAX_SIZE, default=DEFAULT_SIZE, help_text="Events on a page."
    )


class Events(ApiView):
    """The change feed."""

    tag = "Events"

    @operation(
        name="readEvents",
        summary="Read what has changed, in order, from where you left off",
        scope=ClientScope.EVENTS_READ,
        query=FeedQuery,
        answers={200: EventFeed},
        examples={"200": examples.FEED},
    )
    def get(self, request: Any) -> Response:
        """
        Events of my partner's benefits and of contracts that I have linked; for staff, of all. Keep
        the cursor of the last event dealt with: whenever you begin again behind it, you get every
        later event once, in order. Poll `links.next`.
        """
        given = self.query.get("after")
        found = read_feed(
            user=request.user,
            acting_for=caller(request).acting.partner,
            after=_position(given) if given else 0,
            size=self.query["size"],
        )
        items = [_event(request, event) for event in found]
        last = items[-1]["cursor"] if items else given
        answer: EventFeed = {
            "totalCount": None,
            "items": items,
            "links": {"self": self._page(request, given), "next": self._page(request, last)},
            "attributes": {"objectType": "Collection"},
        }
        return Response(answer)

    def _page(self, request: Any, after: str | None) -> PageLink:
        size = request.GET.get("size")
        parameters = {**({"after": after} if after else {}), **({"size": size} if size else {})}
        query = f"?{urlencode(parameters)}" if parameters else ""
        return {"uri": f"{request.path}{query}", "method": "GET"}


def _position(cursor: str) -> int:
    try:
        position: int = SIGNER.unsign_object(cursor)
    except signing.BadSignature as error:
        raise InvalidFilter(
            _("This is not a cursor of the feed."),
            next_step=NextStep(_("Send the cursor of an event, as it was given to you.")),
            invalid=[("after", _("Not a cursor of the feed."))],
        ) from error
    return position


def _event(request: Any, event: Event) -> EventShape:
    contract = getattr(event.package, "contract", None)
    return {
        "id": event.public_id,
        "cursor": SIGNER.sign_object(event.position),
        "type": event.type,  # type: ignore[typeddict-item]
        "occurredAt": event.occurred_at,
        "mpnId": event.partner.mpn_id,
        "benefitId": event.package.public_id,
        "entitlementId": event.plan.public_id if event.plan else None,
        "contractId": contract.public_id if contract else None,
        "quantity": event.quantity,
        "remainingAfter": event.remaining_after,
        "requestNumber": event.request_number,
        "percent": event.percent,
        "account": _account(request, event),
    }


def _account(request: Any, event: Event) -> str | None:
    """Name who linked to those who see the linked accounts; to others only themselves."""
    if event.account is None:
        return None
    acting = caller(request).acting
    sees_all = request.user.is_staff_member or (
        acting.mpn_id == event.partner.mpn_id and acting.may(Permission.SEE_LINKED_ACCOUNTS)
    )
    return event.account.name if sees_all or event.account_id == request.user.pk else None

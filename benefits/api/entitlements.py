"""Entitlements: the main query, one of them now and at a past instant, its ledger."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from benefits import balances, details, entitlements
from benefits.allotments import Benefit, Scope
from benefits.api import access, examples, shapes
from benefits.api.access import caller
from benefits.entitlements import Entitlement, Status
from benefits.models import LedgerEntry
from benefits.models.plans import PlanQuerySet
from partners.permissions import NotAuthorized
from partners.scopes import ClientScope
from portal.refusals import NextStep
from portal.rest.inputs import (
    InstantField,
    NumberInQuery,
    PageQuery,
    PatternField,
    SeveralField,
    WordField,
)
from portal.rest.paging import Key, collection_of
from portal.rest.problems import InvalidFilter
from portal.rest.views import ApiView, not_modified, operation

# As many as the longest page of the ledger has.
MOST_ENTRIES = 200
LEVELS = ("ACTION_PACK", "SILVER", "GOLD")
ORDERS = ("endsAt", "-endsAt", "remaining", "-remaining")
# What asks for more than columns: planning that costs the database more than reading.
NEED_STANDING = frozenset(("status", "remainingLt", "endsBefore", "sort"))
# Unlimited and unknown numbers come last, whichever the direction.
BEYOND_ALL, BELOW_ALL = 1_000_000_000, -1


class EntitlementQuery(PageQuery):
    """Filters of the main query; several values of one filter are separated by commas."""

    mpnId = PatternField(
        r"^[0-9]{7}$",
        required=False,
        help_text="The partner. Another's than yours gives an empty list.",
    )
    benefit = SeveralField(Benefit.values, required=False, help_text="Kinds of benefit.")
    scope = SeveralField(Scope.values, required=False, help_text="Which products it pays for.")
    level = SeveralField(list(LEVELS), required=False, help_text="Where it comes from.")
    status = SeveralField([s.value for s in Status], required=False, help_text="Where it stands.")
    remainingLt = NumberInQuery(
        required=False,
        min_value=0,
        max_value=1_000_000,
        help_text="Fewer than this remain; never matches unlimited or unknown.",
    )
    endsBefore = InstantField(required=False, help_text="Ends before this instant (RFC 3339).")
    sort = WordField(
        choices=ORDERS, required=False, help_text="Order; without it by age, oldest first."
    )


class BalanceQuery(serializers.Serializer):
    """One entitlement, now or at a past instant."""

    asOf = InstantField(
        required=False, help_text="A past instant (RFC 3339): the balance then, with its proof."
    )


class Entitlements(ApiView):
    """The main query."""

    tag = "Entitlements"

    @operation(
        name="listEntitlements",
        summary="List the entitlements of my partner and those I have linked",
        scope=ClientScope.ENTITLEMENTS_READ,
        query=EntitlementQuery,
        answers={200: collection_of(shapes.EntitlementShape)},
        refusals=(NotAuthorized,),
        examples={"200": examples.collection(examples.ENTITLEMENT)},
    )
    def get(self, request: Any) -> Response:
        """Nothing vanishes: what cannot be used is listed with its explanation."""
        if "mpnId" in self.query:
            access.require_mpn_of_own(request, mpn_id=self.query["mpnId"])
        now = caller(request).now
        plans = filtered(access.readable_plans(request), filters=self.query, at=now)
        sort = self.query.get("sort")
        return self.page(
            in_order(plans, sort),
            keys=keys_of(sort),
            prepare=lambda query: query.as_entitlements(user=request.user),
            shapes=lambda rows: _shaped([entitlements.of_plan(row, at=now) for row in rows]),
        )


class OneEntitlement(ApiView):
    """One entitlement."""

    tag = "Entitlements"

    @operation(
        name="getEntitlement",
        summary="Read one entitlement, now or as it was",
        scope=ClientScope.ENTITLEMENTS_READ,
        query=BalanceQuery,
        answers={200: shapes.EntitlementShape | shapes.PastBalance},
        refusals=(NotAuthorized,),
        has_etag=True,
        examples={"200": examples.ENTITLEMENT},
    )
    def get(self, request: Any, entitlement_id: UUID) -> Any:
        """
        With `asOf` the answer holds the entries up to that instant, which prove the numbers: the
        latest 200 of them. How many older ones there are it says; they stand in the ledger.
        """
        e = access.readable_entitlement(request, entitlement_id)
        answer = self._past(request, e) if "asOf" in self.query else shapes.entitlement(e)
        return with_etag(request, Response(answer))

    def _past(self, request: Any, e: Entitlement) -> shapes.PastBalance:
        as_of = self.query["asOf"]
        if as_of > caller(request).now:
            raise InvalidFilter(
                _("This instant lies in the future."),
                next_step=NextStep(_("Ask for a past instant, or leave asOf out.")),
                invalid=[("asOf", _("It lies in the future."))],
            )
        moved = balances.moved_until(e.plan_pk, at=as_of)
        newest = balances.entries_until(e.plan_pk, at=as_of).select_related("actor")
        entries = list(newest.order_by("-number")[:MOST_ENTRIES])[::-1]
        # Who could activate is asked for now: it is not written down who could have.
        (then,) = entitlements.with_activators([balances.as_of(e, moved=moved, at=as_of)])
        return {
            **shapes.entitlement(then),
            "asOf": as_of,
            "entries": _movements(request, e, entries),
            "entriesLeftOut": moved.entries - len(entries),
        }


class Ledger(ApiView):
    """The ledger of one entitlement."""

    tag = "Entitlements"

    @operation(
        name="listLedgerEntries",
        summary="List every movement of an entitlement, oldest first",
        scope=ClientScope.ENTITLEMENTS_READ,
        query=PageQuery,
        answers={200: collection_of(shapes.LedgerEntryShape)},
        refusals=(NotAuthorized,),
        examples={"200": examples.collection(examples.LEDGER_ENTRY)},
    )
    def get(self, request: Any, entitlement_id: UUID) -> Response:
        """Entries are appended and never changed; `sequence` counts 1, 2, 3 without gaps."""
        e = access.readable_entitlement(request, entitlement_id)
        return self.page(
            LedgerEntry.objects.filter(plan_id=e.plan_pk),
            keys=(Key("number"),),
            prepare=lambda query: query.select_related("actor"),
            shapes=lambda rows: _movements(request, e, rows),
        )


def filtered(plans: PlanQuerySet, *, filters: dict[str, Any], at: datetime) -> PlanQuerySet:
    """Keep the plans that match the filters of the main query, ready for its order."""
    if NEED_STANDING & filters.keys():
        plans = plans.with_standing(at=at)
    several = {
        "benefit": "benefit__in",
        "scope": "scope__in",
        "status": "shown_status__in",
        "level": "shown_level__in",
        "mpnId": "package__partner__mpn_id",
        "endsBefore": "shown_end__lt",
    }
    if "level" in filters:
        plans = plans.with_level()
    found = plans.filter(
        **{lookup: filters[name] for name, lookup in several.items() if name in filters}
    )
    if "remainingLt" in filters:
        found = found.with_fewer_than(filters["remainingLt"])
    return found


def in_order(plans: PlanQuerySet, sort: str | None) -> PlanQuerySet:
    """Annotate what the order asks for; numbers that are not there come last."""
    if sort in ("remaining", "-remaining"):
        last = BELOW_ALL if sort.startswith("-") else BEYOND_ALL
        return plans.with_remaining_or(last)
    return plans


def keys_of(sort: str | None) -> tuple[Key, ...]:
    """Return the columns of an order."""
    column = {"endsAt": "shown_end", "remaining": "sorted_remaining"}.get((sort or "").lstrip("-"))
    is_descending = (sort or "").startswith("-")
    last = Key("pk", is_descending=is_descending)
    return (Key(column, is_descending=is_descending), last) if column else (last,)


def with_etag(request: Any, response: Response) -> Any:
    """Name the version of an answer; spare the caller one that it has already."""
    content = response_digest(response.data)
    etag = f'"{content}"'
    if {etag, "*"} & _known(request):
        return not_modified(etag)
    response["ETag"] = etag
    return response


def response_digest(data: Any) -> str:
    """Return a digest of everything that was answered, and of its language."""
    text = f"{translation.get_language()} {data!r}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _known(request: Any) -> set[str]:
    given = request.headers.get("If-None-Match", "")
    # Compression makes a tag weak on its way; for reading the two are equal.
    return {part.strip().removeprefix("W/") for part in given.split(",")}


def _shaped(found: list[Entitlement]) -> list[shapes.EntitlementShape]:
    return [shapes.entitlement(e) for e in entitlements.with_activators(found)]


def _movements(
    request: Any, e: Entitlement, entries: list[LedgerEntry]
) -> list[shapes.LedgerEntryShape]:
    acting = access.acting_at(request, e.mpn_id)
    movements = details.shown_to(entries, acting=acting, user=request.user)
    return [shapes.ledger_entry(movement) for movement in movements]

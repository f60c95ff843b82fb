"""Support requests: reading, opening one (or only asking), and the rest of its life."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from rest_framework.response import Response

from benefits import reasons
from benefits.api.access import caller
from benefits.services.ledger import AlreadyReturned
from partners.permissions import NotAuthorized
from partners.scopes import ClientScope
from portal.idempotency import (
    IdempotencyKeyInvalid,
    IdempotencyKeyReused,
    RequestInProgress,
)
from portal.refusals import NextStep
from portal.rest.inputs import refuse_fields
from portal.rest.paging import Key, collection_of
from portal.rest.problems import IdempotencyKeyMissing, not_found
from portal.rest.views import ApiView, operation
from support import coverage, products
from support.api import examples, inputs, shapes
from support.api.check import verdict_shape
from support.api.products import named
from support.api.request_shapes import (
    as_created,
    entries_of,
    note_shape,
    request_shape,
    whole_shape,
)
from support.customers import name_for
from support.life import AlreadyClosed, NotReopenable
from support.models import Note, SupportRequest
from support.products import Product
from support.services.request_life import add_note, close_request, reopen_request
from support.services.requests import quote_request, submit_request

# Every reason why a plan may not pay.
NOT_PAYING = (
    reasons.BenefitNotStarted,
    reasons.BenefitNotActivated,
    reasons.ActivationPending,
    reasons.ContractExpired,
    reasons.ContractNotLinked,
    reasons.LinkRevoked,
    reasons.NoIncidentsRemaining,
    coverage.PlanWrongScope,
    coverage.PlanNotIncluded,
    coverage.NoUsablePlan,
    products.ProductNotSupported,
)


class Requests(ApiView):
    """The requests that the caller may see, and new ones."""

    tag = "Support requests"

    @operation(
        name="listSupportRequests",
        summary="List support requests, newest first",
        scope=ClientScope.REQUESTS_READ,
        query=inputs.RequestQuery,
        answers={200: collection_of(shapes.RequestShape)},
        examples={"200": examples.REQUESTS},
    )
    def get(self, request: Any) -> Response:
        """Mine; my partner's for roles and clients that may see them; all for staff."""
        found = visible(request)
        if "status" in self.query:
            found = found.filter(state__in=self.query["status"])
        if "entitlementId" in self.query:
            found = found.filter(plan__public_id=self.query["entitlementId"])
        return self.page(
            found,
            keys=(Key("opened_at", is_descending=True), Key("pk", is_descending=True)),
            prepare=lambda query: query.select_related("author", "plan", "customer"),
            shapes=lambda rows: request_shapes(request, rows),
        )

    @operation(
        name="createSupportRequest",
        summary="Open a support request; it uses one incident",
        scope=ClientScope.REQUESTS_WRITE,
        query=inputs.CreateQuery,
        body=inputs.RequestBody,
        takes_key=True,
        answers={200: shapes.Verdict, 201: shapes.WholeRequestShape},
        refusals=(
            NotAuthorized,
            IdempotencyKeyMissing,
            IdempotencyKeyInvalid,
            IdempotencyKeyReused,
            RequestInProgress,
            *NOT_PAYING,
        ),
        examples={
            "request": examples.REQUEST_BODY,
            "200": examples.DRY_RUN,
            "201": examples.REQUEST,
        },
    )
    def post(self, request: Any) -> Response:
        """
        201 with the request. The same Idempotency-Key with the same body answers the same again and
        uses nothing; with `dryRun=true` the answer is 200 and nothing is changed.
        """
        now = caller(request).now
        product = self._product(now)
        if self.query["dryRun"]:
            return Response(self._dry_run(request, product, at=now))
        submitted = submit_request(
            by=request.user,
            partner=caller(request).acting.partner,
            product=product,
            plan_id=self.body["entitlementId"],
            text=inputs.text_of(self.body),
            portal=SupportRequest.Portal.API,
            key=self._key(request),
            at=now,
        )
        headers = {"Idempotency-Replayed": "true"} if submitted.is_replay else {}
        return Response(as_created(submitted), status=201, headers=headers)

    def _product(self, at: datetime) -> Product:
        product = named(self.body["productFamily"], self.body["productVersion"], at=at)
        refuse_fields(["productVersion"] if product is None else [])
        assert product is not None
        return product

    def _dry_run(self, request: Any, product: Product, *, at: datetime) -> shapes.Verdict:
        return verdict_shape(
            quote_request(
                by=request.user,
                partner=caller(request).acting.partner,
                product=product,
                plan_id=self.body["entitlementId"],
                at=at,
            )
        )

    def _key(self, request: Any) -> str:
        key: str | None = request.headers.get("Idempotency-Key")
        if key is None:
            raise IdempotencyKeyMissing(
                _("This call uses an incident: it needs an Idempotency-Key."),
                next_step=NextStep(
                    _("Send a fresh key, and the same one when you repeat the call.")
                ),
            )
        return key


class OneRequest(ApiView):
    """One request."""

    tag = "Support requests"

    @operation(
        name="getSupportRequest",
        summary="Read one support request with its notes",
        scope=ClientScope.REQUESTS_READ,
        answers={200: shapes.WholeRequestShape},
        examples={"200": examples.REQUEST},
    )
    def get(self, request: Any, number: str) -> Response:
        """Its text is for its author and for staff; others see that it used an incident."""
        return Response(one_shape(request, number))


class Notes(ApiView):
    """Notes on a request."""

    tag = "Support requests"

    @operation(
        name="addNote",
        summary="Add a note to a support request",
        scope=ClientScope.REQUESTS_WRITE,
        body=inputs.NoteBody,
        answers={201: shapes.NoteShape},
        refusals=(NotAuthorized, AlreadyClosed),
        examples={"request": {"text": "It happens after each restart."}, "201": examples.NOTE},
    )
    def post(self, request: Any, number: str) -> Response:
        """By its author and by staff."""
        require_visible(request, number)
        note = add_note(
            number=number, text=self.body["text"], by=request.user, at=caller(request).now
        )
        return Response(note_shape(note), status=201)


class Closing(ApiView):
    """Closing a request."""

    tag = "Support requests"

    @operation(
        name="closeSupportRequest",
        summary="Close a support request with a reason",
        scope=ClientScope.REQUESTS_WRITE,
        body=inputs.CloseBody,
        answers={200: shapes.WholeRequestShape},
        refusals=(NotAuthorized, AlreadyClosed, AlreadyReturned),
        examples={
            "request": {"reason": "SOLVED_BY_PARTNER"},
            "200": {**examples.REQUEST, **examples.CLOSED},
        },
    )
    def post(self, request: Any, number: str) -> Response:
        """PRODUCT_DEFECT and DUPLICATE give the incident back to its plan; staff say those."""
        require_visible(request, number)
        reason = SupportRequest.CloseReason(self.body["reason"])
        close_request(number=number, reason=reason, by=request.user, at=caller(request).now)
        return Response(one_shape(request, number))


class Reopening(ApiView):
    """Reopening a request."""

    tag = "Support requests"

    @operation(
        name="reopenSupportRequest",
        summary="Reopen a resolved or closed support request within 14 days",
        scope=ClientScope.REQUESTS_WRITE,
        answers={200: shapes.WholeRequestShape},
        refusals=(NotAuthorized, NotReopenable),
        examples={"200": examples.REQUEST},
    )
    def post(self, request: Any, number: str) -> Response:
        """It uses no new incident; a request whose incident was returned stays closed."""
        require_visible(request, number)
        reopen_request(number=number, by=request.user, at=caller(request).now)
        return Response(one_shape(request, number))


# --- reading ---------------------------------------------------------------------------------


def visible(request: Any) -> QuerySet[SupportRequest, SupportRequest]:
    """Return the requests that the caller may see."""
    if request.user.is_staff_member:
        return SupportRequest.objects.all()
    return SupportRequest.objects.visible_to(request.user, acting=caller(request).acting)


def require_visible(request: Any, number: str) -> None:
    """
    Make sure that the caller may see the request.

    :raises NotFound: absent, or nothing of the caller's
    """
    if not visible(request).filter(number=number).exists():
        raise not_found()


def one_shape(request: Any, number: str) -> shapes.WholeRequestShape:
    """
    Return one request as this caller may see it, with its notes.

    :raises NotFound: absent, or nothing of the caller's
    """
    rows = visible(request).select_related("author", "plan", "customer")
    found = rows.filter(number=number).first()
    if found is None:
        raise not_found()
    notes = None
    if shows_text(request, found):
        written = Note.objects.filter(request=found).select_related("author")
        notes = list(written.order_by("written_at", "pk"))
    return whole_shape(
        found,
        entries=entries_of([found])[number],
        notes=notes,
        customer_name=name_for(request.user, acting=caller(request).acting, request=found),
    )


def request_shapes(request: Any, rows: Sequence[SupportRequest]) -> list[shapes.RequestShape]:
    """Return requests as this caller may see them, in two more statements for all of them."""
    entries = entries_of(rows)
    readable = {row.pk for row in rows if shows_text(request, row)}
    written = Note.objects.filter(request_id__in=readable).values_list("request_id")
    counts = dict.fromkeys(readable, 0) | dict(written.annotate(Count("pk")))
    return [
        request_shape(
            row,
            entries=entries[row.number],
            note_count=counts.get(row.pk),
            customer_name=name_for(request.user, acting=caller(request).acting, request=row),
        )
        for row in rows
    ]


def shows_text(request: Any, row: SupportRequest) -> bool:
    """Whether the caller may read what was written: its author and staff."""
    return request.user.is_staff_member or row.author_id == request.user.pk

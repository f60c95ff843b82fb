"""The customers that the partner acted for serves as a CSP partner."""

import uuid

from django.db.models import Q
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from partners.acting import ActingRequest
from partners.models import Customer, CustomerQuerySet, Partner
from partners.pages import require_csp, signed_in
from portal.paging import Page, page_of

# No name or domain is longer.
LONGEST_SEARCH = 120


@signed_in
@require_safe
def customers(request: ActingRequest) -> HttpResponse:
    """List the partner's customers by name, or those whose name or domain begins with a text."""
    partner = require_csp(request)
    search = request.GET.get("search", "").strip()[:LONGEST_SEARCH]
    page = _page(partner, search=search, key=request.GET.get("after", ""))
    context = {"partner": partner, "page": page, "search": search}
    return TemplateResponse(request, "partners/customers.html", context)


def _page(partner: Partner, *, search: str, key: str) -> Page[Customer]:
    """Return one page of the partner's customers, and one more statement to find the key's row."""
    served = Customer.objects.of(partner).still_served()
    return page_of(
        served.name_begins_with(search).order_by("name_folded", "pk"),
        key=key,
        after=_after,
        key_of=lambda customer: str(customer.public_id),
    )


def _after(found: CustomerQuerySet, key: str) -> CustomerQuerySet:
    """Keep the customers behind the one of this id; no id of theirs begins at the first."""
    try:
        last = found.filter(public_id=uuid.UUID(key)).first()
    except ValueError:
        last = None
    if last is None:
        return found
    behind = Q(name_folded__gt=last.name_folded) | Q(name_folded=last.name_folded, pk__gt=last.pk)
    return found.filter(behind)

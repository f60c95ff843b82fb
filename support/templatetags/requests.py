"""A request's state for templates, as a badge; and for which customer it is."""

from typing import Any

from django import template

from portal.templatetags import components
from support import customers
from support.models import SupportRequest
from support.presentation import TONES

register = template.Library()


@register.inclusion_tag("components/badge.html")
def state_badge(request: SupportRequest) -> dict[str, Any]:
    """Name the state of a request with icon, word and border."""
    state = SupportRequest.State(request.state)
    return components.badge(str(state.label), TONES[state])


@register.simple_tag(takes_context=True)
def customer_name(context: dict[str, Any], request_shown: SupportRequest) -> str:
    """Name the customer for whom the request is, where the reader may know."""
    reader = context["request"]
    return customers.name_for(reader.user, acting=reader.acting, request=request_shown) or ""

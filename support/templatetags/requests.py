"""A request's state for templates: the component `badge`, with the state's word and tone."""

from typing import Any

from django import template

from portal.templatetags import components
from support.models import SupportRequest
from support.presentation import TONES

register = template.Library()


@register.inclusion_tag("components/badge.html")
def state_badge(request: SupportRequest) -> dict[str, Any]:
    """Name the state of a request with icon, word and border."""
    state = SupportRequest.State(request.state)
    return components.badge(str(state.label), TONES[state])

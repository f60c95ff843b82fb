"""What the account may do, and who can do the rest."""

from typing import Any

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from partners import access
from partners.acting import ActingRequest
from partners.pages import signed_in


@signed_in
@require_safe
def my_access(request: ActingRequest) -> HttpResponse:
    """Show what the account may do for the partner it acts for; staff see what staff may."""
    acting = request.acting
    context: dict[str, Any] = {
        "partner": acting.partner,
        "others": acting.others,
        "standing": acting.standing,
    }
    if request.user.is_staff_member:
        context["rights"] = access.rights_of_staff(request.user)
    elif acting.partner is not None:
        context["rights"] = access.rights(acting)
        context["roles"] = access.roles(acting)
    return TemplateResponse(request, "partners/my_access.html", context)

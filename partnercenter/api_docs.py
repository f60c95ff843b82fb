"""The description of the API, and the page to read and try it (Swagger UI, served from here)."""

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from portal.rest.schema import description

MEDIA_TYPE = "application/vnd.oai.openapi+json"


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """Answer the description (OpenAPI 3.1), the same for everybody."""
    response = JsonResponse(description(), content_type=MEDIA_TYPE)
    response["Cache-Control"] = "public, max-age=300"
    return response


# Swagger UI draws small pictures from data: addresses; nothing else is loosened.
@csp_update({"img-src": ["data:"]})
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show every operation, with forms to try them."""
    return TemplateResponse(request, "partnercenter/api_docs.html")

"""The description of the API, and its pages to read and try it (Swagger UI, served from here)."""

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse_lazy
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularSwaggerSplitView

from portal.rest.schema import description

MEDIA_TYPE = "application/vnd.oai.openapi+json"


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """Answer the description (OpenAPI 3.1), the same for everybody."""
    response = JsonResponse(description(), content_type=MEDIA_TYPE)
    response["Cache-Control"] = "public, max-age=300"
    return response


# For everybody, whatever token somebody sends along: the page is no part of the API itself.
_page = SpectacularSwaggerSplitView.as_view(
    url=reverse_lazy("api:schema"), authentication_classes=()
)
# Swagger UI styles itself and draws small pictures from data: addresses; nothing else is loosened.
docs = csp_update({"style-src": ["'unsafe-inline'"], "img-src": ["data:"]})(require_safe(_page))

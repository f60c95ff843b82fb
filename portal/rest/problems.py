"""
Refusals of the API itself, and the problem document (RFC 9457) that every refusal becomes.

What an app refuses is defined in the app; here are the ones that any call may meet.
"""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from portal.refusals import NextStep, Refusal

MEDIA_TYPE = "application/problem+json"
SOURCE = "PartnerCenterTechnicalBenefits"


class CallRefusal(Refusal):
    """A call that could not be heard: nothing was attempted, so nothing is recorded."""

    def __init__(
        self,
        message: str,
        *,
        facts: dict[str, Any] | None = None,
        next_step: NextStep | None = None,
        invalid: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(message, facts=facts, next_step=next_step)
        self.invalid = tuple(invalid)


class NotAuthenticated(CallRefusal):
    """No token, or one that does not hold any more."""

    code = "not_authenticated"
    status = 401


class InsufficientScope(Refusal):
    """The token lacks the scope of this call; known but not permitted."""

    code = "insufficient_scope"
    status = 403


class CsrfMissing(CallRefusal):
    """A browser session may change something only with the token against forgery."""

    code = "not_authorized"
    status = 403


class NotFound(CallRefusal):
    """Nothing there, or nothing of the caller's: one answer for both."""

    code = "not_found"
    status = 404


class MethodNotAllowed(CallRefusal):
    """The address does not take this method."""

    code = "method_not_allowed"
    status = 405


class InvalidInput(CallRefusal):
    """The body cannot be read, or breaks a rule that a field states."""

    code = "validation_error"
    status = 400


class UnsupportedMediaType(CallRefusal):
    """The body is not JSON."""

    code = "unsupported_media_type"
    status = 415


class UnknownField(CallRefusal):
    """The body has a field that the operation does not know."""

    code = "unknown_field"
    status = 400


class InvalidFilter(CallRefusal):
    """A parameter of the address is unknown, or its value is not one it takes."""

    code = "invalid_filter"
    status = 400


class DuplicateParameter(CallRefusal):
    """A parameter, or a name in the body, stands there twice."""

    code = "duplicate_parameter"
    status = 400


class IdempotencyKeyMissing(CallRefusal):
    """A call that uses something up needs a key, so that a repeat cannot use it twice."""

    code = "idempotency_key_missing"
    status = 400


class RateLimited(CallRefusal):
    """More calls in this minute than the caller has."""

    code = "rate_limited"
    status = 429

    def __init__(self, *, limit: int, seconds: int) -> None:
        super().__init__(
            _("You have made all %(limit)d calls of this minute.") % {"limit": limit},
            facts={"limit": limit, "seconds": seconds},
            next_step=NextStep(_("Wait until Retry-After has passed, then go on.")),
        )
        self.limit, self.seconds = limit, seconds

    @property
    def retry_after(self) -> int | None:
        """Seconds until the next minute begins."""
        return self.seconds


def not_found() -> NotFound:
    """Return the one answer for what is absent and for what is somebody else's."""
    return NotFound(
        _("There is nothing at this address, or nothing that you may see."),
        next_step=NextStep(_("Look the id up in the collection that it belongs to.")),
    )


def problem(refusal: Refusal) -> dict[str, Any]:
    """Return the problem document of a refusal, in JSON's types."""
    explanation = refusal.explanation
    document = {
        "type": problem_type(explanation.code),
        "title": problem_title(explanation.code),
        "status": refusal.status,
        "detail": explanation.message,
        "code": explanation.code,
        "facts": dict(explanation.facts),
        "nextStep": explanation.next_step.as_dict() if explanation.next_step else None,
        "source": SOURCE,
    }
    if isinstance(refusal, CallRefusal) and refusal.invalid:
        document["invalidParameters"] = [
            {"name": _text(name), "reason": _text(reason)} for name, reason in refusal.invalid
        ]
    return document


def _text(given: str) -> str:
    """Return what was sent as text: JSON can name halves of characters, no answer can hold them."""
    return given.encode(errors="replace").decode()


def problem_type(code: str) -> str:
    """Return the URI that stands for a code; it never changes with host or language."""
    return f"urn:partner-center:problem:{code}"


def problem_title(code: str) -> str:
    """Return the code as words; like the code it is never translated."""
    return code.replace("_", " ").capitalize()


def headers_of(refusal: Refusal) -> dict[str, str]:
    """Return the headers that belong to a refusal."""
    headers = {"Cache-Control": "no-store", **refusal.headers}
    if refusal.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="api", error="invalid_token"'
    elif isinstance(refusal, InsufficientScope):
        scope = refusal.explanation.facts.get("scope", "")
        headers["WWW-Authenticate"] = (
            f'Bearer realm="api", error="insufficient_scope", scope="{scope}"'
        )
    return headers


def problem_response(refusal: Refusal) -> HttpResponse:
    """Return the answer for a refusal, outside of any view."""
    return JsonResponse(
        problem(refusal),
        status=refusal.status,
        content_type=MEDIA_TYPE,
        headers=headers_of(refusal),
    )

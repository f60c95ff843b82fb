"""What callers send to open and to work on a request."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from portal import places
from portal.rest.inputs import (
    PageQuery,
    PatternField,
    SeveralField,
    TextField,
    UuidTextField,
    WordField,
    YesNoField,
)
from support.api.products import ProductFields
from support.api.shapes import CATEGORIES
from support.forms import PHONE
from support.models import SupportRequest
from support.services.requests import RequestText
from support.severities import Severity, may_require_24x7, runs_around_the_clock


class ContactBody(serializers.Serializer):
    """Whom to answer, and how."""

    name = TextField(max_length=120)
    email = serializers.EmailField(max_length=254)
    phone = PatternField(
        PHONE,
        max_length=40,
        required=False,
        allow_blank=True,
        default="",
        help_text="With the international code; required when the method is PHONE.",
    )
    country = TextField(max_length=2, help_text="ISO 3166-1, two letters.")
    timeZone = TextField(max_length=64, help_text="IANA, such as Europe/Stockholm.")
    preferredContactMethod = WordField(choices=SupportRequest.ContactMethod.values, default="EMAIL")
    language = TextField(
        max_length=10, required=False, allow_blank=True, default="", help_text="BCP 47, such as en."
    )

    def validate_country(self, value: str) -> str:
        """Only countries."""
        return _known(value, [code for code, _name in places.countries()])

    def validate_timeZone(self, value: str) -> str:  # noqa: N802 - DRF finds it by this name
        """Only time zones."""
        return _known(value, places.zone_names())

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Who wants to be called gives a number."""
        if attrs["preferredContactMethod"] == "PHONE" and not attrs["phone"]:
            raise serializers.ValidationError({"phone": [_("Enter a phone number.")]})
        return attrs


class RequestBody(ProductFields):
    """A support request. Without `entitlementId` the default plan pays."""

    entitlementId = UuidTextField(required=False, allow_null=True, default=None)
    category = WordField(choices=list(CATEGORIES))
    title = TextField(max_length=200)
    description = TextField(max_length=10_000)
    severity = WordField(choices=Severity.values)
    require24x7 = YesNoField(default=False, help_text="A always is; never with C.")
    contact = ContactBody()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """24x7 with C is a validation error."""
        severity = Severity(attrs["severity"])
        if attrs["require24x7"] and not may_require_24x7(severity):
            reason = _("Severity C is answered during business hours only.")
            raise serializers.ValidationError({"require24x7": [reason]})
        return attrs


class CreateQuery(serializers.Serializer):
    """How to create."""

    dryRun = YesNoField(default=False, help_text="Only say whether it would work, and by what.")


class RequestQuery(PageQuery):
    """Filters of the requests."""

    status = SeveralField(
        SupportRequest.State.values, required=False, help_text="Where they stand."
    )
    entitlementId = UuidTextField(required=False, help_text="Paid by this entitlement.")


class NoteBody(serializers.Serializer):
    """A note."""

    text = TextField(max_length=10_000)


class CloseBody(serializers.Serializer):
    """Why it is closed; its author says only SOLVED_BY_PARTNER."""

    reason = WordField(choices=SupportRequest.CloseReason.values)


def text_of(body: dict[str, Any]) -> RequestText:
    """Return the body as the service takes it."""
    contact = body["contact"]
    severity = Severity(body["severity"])
    return RequestText(
        category=CATEGORIES[body["category"]].value,
        title=body["title"],
        description=body["description"],
        tried="",
        severity=severity,
        require_24x7=runs_around_the_clock(severity, require_24x7=body["require24x7"]),
        contact_name=contact["name"],
        contact_email=contact["email"],
        contact_phone=contact["phone"],
        contact_method=contact["preferredContactMethod"],
        contact_language=contact["language"],
        country=contact["country"],
        time_zone=contact["timeZone"],
    )


def _known(value: str, known: Any) -> str:
    if value not in known:
        raise serializers.ValidationError(_("There is nothing of this name."))
    return value

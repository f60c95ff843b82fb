"""Parts of addresses that have one form: anything else is not found before a view is asked."""

from django.urls import register_converter
from django.urls.converters import StringConverter


class MpnIdConverter(StringConverter):
    """Seven digits."""

    regex = "[0-9]{7}"


class RequestNumberConverter(StringConverter):
    """Fifteen digits."""

    regex = "[0-9]{15}"


def register() -> None:
    """Make the converters known; Django wants each name once."""
    register_converter(MpnIdConverter, "mpn_id")
    register_converter(RequestNumberConverter, "request_number")

"""What an account may be called: its address and its name, as they are kept."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

LONGEST_NAME, LONGEST_EMAIL = 120, 254


def acceptable_email(*, text: str) -> str | None:
    """Return the address as accounts keep it, or None when it is none that one may have."""
    email = text.strip().casefold()
    try:
        validate_email(email)
    except ValidationError:
        return None
    return email if len(email) <= LONGEST_EMAIL and email == email.lower() else None


def acceptable_name(*, text: str) -> str | None:
    """Return the name with single spaces, or None when it is longer than one may be."""
    name = " ".join(text.split())
    return name if len(name) <= LONGEST_NAME else None

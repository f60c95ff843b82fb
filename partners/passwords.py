"""What a password has to be, where the framework's own rule lacks a language."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import ngettext


class LongEnough(MinimumLengthValidator):
    """At least so many characters, said in every language: the framework's Chinese lacks it."""

    def get_error_message(self) -> str:
        """Return why a shorter one is refused."""
        return ngettext(
            "This password is too short: it needs at least %(count)d character.",
            "This password is too short: it needs at least %(count)d characters.",
            self.min_length,
        ) % {"count": self.min_length}

"""The language in which an account reads its pages and its mail."""

from partners.models import User
from portal import languages


def choose_language(*, language: str, by: User) -> None:
    """Speak this language to the account from now on, on every machine; nothing else changes."""
    assert language in languages.NAMES, "the view lets only known languages through"
    by.language = language
    by.save(update_fields=["language"])

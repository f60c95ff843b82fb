"""States of rows that a factory writes only when they are asked for."""

from typing import Any

import factory


class Trait(factory.Trait):
    """
    A trait that is off unless it is asked for, in so many words.

    factory_boy's own is just missing then, and each look for it makes an error, with a text of all
    that the factory has written so far: a fifth of the time of what writes many rows.
    """

    def as_declarations(self, field_name: str, declarations: dict[str, Any]) -> dict[str, Any]:
        """Return what the trait changes, and its own value."""
        return {field_name: False, **super().as_declarations(field_name, declarations)}

"""Model fields of the portal's own."""

import re
import unicodedata
from typing import Any

from django.db import models

LONGEST_FOLDED = 240
# Marks that nobody sees or types on purpose: joiners, direction marks, halves of a character.
_UNSEEN = frozenset({"Cf", "Cs"})
# What any keyboard writes as i: Turkish has one with a dot and one without, in both cases.
_KINDS_OF_I = re.compile("i\u0307|\u0131")


def fold(text: str) -> str:
    """
    Return text as names are compared: in one case, form and width, with single blanks.

    Composed and decomposed letters are the same, and so are ß and ss, both Greek sigmas, every
    kind of i, full-width letters and plain ones.
    """
    plain = unicodedata.normalize("NFKC", text)
    seen = "".join(
        " " if char < " " else char for char in plain if unicodedata.category(char) not in _UNSEEN
    )
    folded = _KINDS_OF_I.sub("i", seen.casefold())
    return " ".join(unicodedata.normalize("NFKC", folded).split())[:LONGEST_FOLDED]


class FoldedField(models.CharField):
    """
    The folded copy of another text field, for finding and ordering names in any script.

    The databases' own LIKE and lower() do not agree (SQLite folds ASCII only). Kept by save() and
    bulk_create(); who updates the source by `update()` or `update_fields` names this field too.
    """

    def __init__(self, *args: Any, source: str = "name", **kwargs: Any) -> None:
        self.source = source
        kwargs.setdefault("max_length", LONGEST_FOLDED)
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Return what a migration needs to build the field again."""
        name, path, args, kwargs = super().deconstruct()
        kwargs["source"] = self.source
        del kwargs["editable"]
        return name, path, args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: FBT001 - Django's
        """Fold the source as it is being written."""
        folded = fold(str(getattr(model_instance, self.source)))
        setattr(model_instance, self.attname, folded)
        return folded

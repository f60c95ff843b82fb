"""Model fields of the portal's own."""

from typing import Any

from django.db import models


class FoldedField(models.CharField):
    """
    The case-folded copy of another text field, for finding and ordering names in any script.

    The databases' own LIKE and lower() do not agree (SQLite folds ASCII only). Kept by save() and
    bulk_create(); who updates the source by `update()` or `update_fields` names this field too.
    """

    def __init__(self, *args: Any, source: str = "name", **kwargs: Any) -> None:
        self.source = source
        kwargs.setdefault("max_length", 240)
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
        folded = str(getattr(model_instance, self.source)).casefold()
        setattr(model_instance, self.attname, folded)
        return folded

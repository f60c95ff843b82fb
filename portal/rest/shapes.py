"""What types of answers can't say by themselves: `Annotated[str, Says(pattern=…)]`."""

from typing import Any


class Says(dict[str, Any]):
    """Words of JSON Schema that are added to a type's own."""

    def __hash__(self) -> int:  # type: ignore[override]
        """Annotations are compared and put into sets."""
        return hash(repr(sorted(self.items(), key=repr)))

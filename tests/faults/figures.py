"""What a test measured, for whoever reads its output or report."""

import sys
from collections.abc import Callable


def tell(record_property: Callable[[str, object], None], **figures: object) -> None:
    """Print the figures (shown with -s), and put them into the JUnit report."""
    sys.stdout.write("  ".join(f"{name}: {value}" for name, value in figures.items()) + "\n")
    for name, value in figures.items():
        record_property(name, value)

"""
Finding a product of the catalogue by what people type: forgiving, but never guessing.

Advice is given on any product, so versions that no plan covers are found too, and what the
catalogue doesn't have is "Other".
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from benefits.allotments import Scope
from support.products import CATALOGUE, Product

OTHER = Product(
    family="Other",
    version="",
    scope=Scope.ALL,
    portal="",
    released_on=None,
    mainstream_ends_on=None,
    note="",
)
MOST_SUGGESTED = 6


@dataclass(frozen=True)
class Found:
    """The product that was meant, or those that may have been; neither when there is none."""

    product: Product | None = None
    several: Sequence[Product] = field(default_factory=tuple)


def offered(*, on: date) -> list[Product]:
    """Return what can be asked about on that day, in the catalogue's order, "Other" last."""
    return [*(p for p in CATALOGUE if p.is_released(on=on)), OTHER]


def find_by_name(text: str, *, on: date) -> Found:
    """
    Return the product of this name, whatever the case, width, spaces and punctuation.

    Beginnings of words are enough ("sql 2022", "teams") as long as only one product has them all.
    """
    typed = _words(text)
    if not typed:
        return Found()
    named = [(product, _words(product.name)) for product in offered(on=on)]
    exact = [product for product, words in named if words == typed]
    if exact:
        return Found(product=exact[0])
    fitting = [
        product
        for product, words in named
        if all(any(word.startswith(part) for word in words) for part in typed)
    ]
    if len(fitting) == 1:
        return Found(product=fitting[0])
    return Found(several=tuple(fitting[:MOST_SUGGESTED]))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())

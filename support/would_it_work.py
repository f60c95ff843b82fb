"""
Would it work for this product, and this account? The staff card asks the rules of the wizard.

Without an account the plans on the card are asked about, for any account that has linked them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from benefits.entitlements import Entitlement
from benefits.presentation import Row, row
from partners.models import Partner, User
from portal.refusals import Explanation
from support import coverage, products
from support.products import Product

SEPARATOR = "/"


@dataclass(frozen=True)
class Question:
    """What is asked, as typed: a product by its key, and an account's e-mail address or none."""

    product: str = ""
    email: str = ""

    @property
    def is_asked(self) -> bool:
        """Whether anything is asked at all."""
        return bool(self.product or self.email)


@dataclass(frozen=True)
class Answer:
    """The plan that pays, or the first reason why none does and the plan that it is about."""

    problem: str = ""
    product_name: str = ""
    account_name: str = ""
    payer: Row | None = None
    left_after: int | None = None
    reason: Explanation | None = None
    about: Row | None = None


def key_of(product: Product) -> str:
    """Return how a product is named in the address."""
    return f"{product.family}{SEPARATOR}{product.version}"


def choices(*, at: datetime) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the products that are out, by family: what can be asked about."""
    on = at.astimezone(UTC).date()
    return [
        (family, [(key_of(p), p.name) for p in products.versions_of(family, on=on)])
        for family in products.families()
    ]


def would_it_work(
    question: Question, *, partner: Partner, shown: Iterable[Entitlement], at: datetime
) -> Answer:
    """
    Return which plan pays, or why none does.

    :param shown: the plans on the card; they are asked about when no account is named
    """
    family, _separator, version = question.product.partition(SEPARATOR)
    product = products.find(family, version, on=at.astimezone(UTC).date())
    if product is None:
        return Answer(problem=_("Choose a product and its version."))
    if not question.email.strip():
        incidents = [e for e in shown if not e.counts_hours]
        if not incidents:
            return Answer(problem=_("There is no support plan."))
        return _answer(incidents, product, account_name="")
    user = User.objects.filter(email=question.email.strip().casefold()).first()
    if user is None:
        return Answer(problem=_("No account has this e-mail address."))
    if user.is_staff_member:
        return Answer(problem=_("This is an account of staff: it holds no links and uses nothing."))
    if not user.is_active:
        return Answer(problem=_("This account is deactivated."))
    found = coverage.plans_of(user=user, partner=partner, at=at)
    return _answer(found, product, account_name=user.name)


def _answer(found: Iterable[Entitlement], product: Product, *, account_name: str) -> Answer:
    needs_link = account_name != ""
    in_order = coverage.candidates(found, product=product, needs_link=needs_link)
    verdict = coverage.verdict(in_order, product=product, needs_link=needs_link)
    e = verdict.payer
    return Answer(
        product_name=product.name,
        account_name=account_name,
        payer=row(e) if e else None,
        left_after=e.remaining - 1 if e and e.remaining is not None else None,
        reason=verdict.refusal.explanation if verdict.refusal else None,
        about=row(verdict.about) if verdict.about else None,
    )

"""The accounts that have ever linked a contract, as those who look after it find them."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _

from benefits.models import Link
from benefits.models.contracts import LinkQuerySet
from partners.models import Affiliation
from portal.paging import Page, page_of

LONGEST_KEY = 18


@dataclass(frozen=True)
class LinkedAccount:
    """One account with its link, and the companies it works for, by name."""

    link: Link
    companies: tuple[str, ...]


def page_of_links(*, contract_id: uuid.UUID, begins_with: str, key: str) -> Page[Link]:
    """
    Return one page of a contract's links, dropped and revoked ones too, the latest first.

    Two statements whatever their number, and one more to find the row that `key` names.

    :param begins_with: keeps only accounts whose name or e-mail begins so
    :param key: where the page before ended; "" or no key begins at the latest
    """
    affiliations = (
        Affiliation.objects.filter(partner__is_active=True)
        .select_related("partner")
        .order_by("partner__name_folded", "pk")
    )
    links = Link.objects.filter(contract__public_id=contract_id)
    if begins_with.strip():
        links = links.account_begins_with(begins_with)
    return page_of(
        links.select_related("user", "revoked_by")
        .prefetch_related(Prefetch("user__affiliations", queryset=affiliations))
        .order_by("-linked_at", "-pk"),
        key=key if key.isascii() and key.isdigit() and len(key) <= LONGEST_KEY else "",
        after=_before,
        key_of=lambda link: str(link.pk),
    )


def linked_accounts(links: Iterable[Link]) -> list[LinkedAccount]:
    """Return the accounts of links that `page_of_links` read, in their order."""
    return [
        LinkedAccount(
            link=link,
            companies=tuple(row.partner.name for row in link.user.affiliations.all()),
        )
        for link in links
    ]


def count_in_force(*, contract_id: uuid.UUID) -> int:
    """Return how many accounts may use the contract now."""
    return Link.objects.in_force().filter(contract__public_id=contract_id).count()


def taken_away(link: Link) -> str:
    """Return the sentence for the admin that the account can't use the contract any more."""
    return _("The contract is taken away from %(name)s until an admin restores it.") % {
        "name": link.user.name
    }


def given_back(link: Link) -> str:
    """Return the sentence for the admin that nothing is taken away from the account."""
    if link.is_dropped:
        return _("%(name)s, who had dropped the contract, may link it again.") % {
            "name": link.user.name
        }
    return _("The contract is linked to the account of %(name)s again.") % {"name": link.user.name}


def _before(query: LinkQuerySet, key: str) -> LinkQuerySet:
    last = Link.objects.filter(pk=int(key)).first()
    if last is None:
        return query
    return query.filter(
        Q(linked_at__lt=last.linked_at) | Q(linked_at=last.linked_at, pk__lt=last.pk)
    )

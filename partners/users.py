"""A partner's users as Global admins find them: the list, by page and by beginning."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q
from django.utils.http import urlencode

from partners.models import Affiliation, AffiliationQuerySet, Partner, RoleAssignment, User
from partners.roles import Role
from portal.paging import Page, page_of


@dataclass(frozen=True)
class UserRow:
    """A user as the list and its own page show it."""

    user: User
    name: str
    programs: tuple[str, ...]
    roles: tuple[str, ...]
    assignments: tuple[RoleAssignment, ...]


@dataclass(frozen=True)
class UserList:
    """One page of the list, and what addresses ask for: its beginning, and the page after it."""

    begins_with: str
    page: Page[Affiliation]
    rows: list[UserRow]
    first_query: str
    next_query: str


def people_of(partner: Partner) -> AffiliationQuerySet:
    """Return the people who work for the partner, with account and roles."""
    assignments = RoleAssignment.objects.select_related("assigned_by").order_by("pk")
    people = Affiliation.objects.of_people().filter(partner=partner).select_related("user")
    return people.prefetch_related(Prefetch("role_assignments", queryset=assignments))


def list_of_users(*, partner: Partner, begins_with: str, key: str) -> UserList:
    """
    Return one page of the partner's people by name, in two statements and one for the key.

    :param begins_with: keeps only those whose name or e-mail begins so
    :param key: the account where the page before ended; "" or no account begins at the top
    """
    kept = {"name": begins_with} if begins_with.strip() else {}
    people = people_of(partner)
    if kept:
        people = people.begins_with(begins_with)
    page = page_of(
        people.order_by("shown_folded", "user_id"),
        key=key,
        after=_after,
        key_of=lambda affiliation: str(affiliation.user.public_id),
    )
    return UserList(
        begins_with=begins_with,
        page=page,
        rows=[user_row(affiliation) for affiliation in page.rows],
        first_query=urlencode(kept),
        next_query=urlencode({**kept, "after": page.next_key}),
    )


def user_row(affiliation: Affiliation) -> UserRow:
    """Return how a user that `people_of` read is shown."""
    held = {row.role: row for row in affiliation.role_assignments.all()}
    programs = (("MPN", affiliation.mpn), ("CSP", affiliation.csp))
    return UserRow(
        user=affiliation.user,
        name=affiliation.known_as or affiliation.user.name,
        programs=tuple(name for name, is_held in programs if is_held),
        roles=tuple(str(role.label) for role in Role if role in held),
        assignments=tuple(held[role] for role in Role if role in held),
    )


def _after(people: Any, key: str) -> AffiliationQuerySet:
    last = people.filter(user__public_id=_uuid(key)).values_list("shown_folded", "user_id").first()
    if last is None:
        return people
    folded, user_id = last
    behind: AffiliationQuerySet = people.filter(
        Q(shown_folded__gt=folded) | Q(shown_folded=folded, user_id__gt=user_id)
    )
    return behind


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None

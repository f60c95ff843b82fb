"""Accounts from a file: new ones, and other names. Their roles come with a file of their own."""

import uuid
from collections.abc import Sequence

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy

from partners.imports import cells
from partners.imports.columns import Column
from partners.models import User
from partners.services.imports.kinds import (
    Change,
    Kind,
    Pass,
    Row,
    is_usable,
    users_by_email,
)
from portal import audit, bulk, clock


class UserKind(Kind):
    """One account in each row."""

    name = "users"
    label = gettext_lazy("Users")
    explained = (
        gettext_lazy(
            "An address that is not known yet makes a new account. It has no password: its owner "
            "sets one by “Forgot your password?” on the sign-in page. Nobody is mailed."
        ),
        gettext_lazy(
            "For an account that is there, the name is changed. Its kind never changes, and staff "
            "accounts are refused."
        ),
    )
    columns = (
        Column(
            "email",
            gettext_lazy("E-mail address by which the person signs in; capitals don't matter."),
            "ana@contoso.example",
            cells.email,
        ),
        Column(
            "name",
            gettext_lazy("Name of the person, up to 120 characters."),
            "Ana Berg",
            cells.name,
        ),
        Column(
            "kind",
            gettext_lazy("WORK or PERSONAL. Empty, or without this column: WORK."),
            "WORK",
            cells.account_kind,
            is_required=False,
        ),
    )
    about = ("email",)

    def judge(self, rows: Sequence[Row], *, over: Pass) -> None:
        """Compare each row with the account that is there."""
        there = users_by_email(emails=[row.values["email"] for row in rows])
        for row in rows:
            user = row.found = there.get(row.values["email"])
            if user is None:
                row.change = Change.NEW
            elif is_usable(row=row, user=user):
                if row.values["kind"] not in (None, user.kind):
                    row.refuse("kind", "account_kind_differs", value=user.email, kind=user.kind)
                elif user.name != row.values["name"]:
                    row.change = Change.CHANGED

    def write(self, rows: Sequence[Row], *, over: Pass) -> None:
        """Write new accounts and other names, each with a record."""
        new = [row for row in rows if row.change == Change.NEW]
        changed = [row for row in rows if row.change == Change.CHANGED]
        ids = {row.line: row.found.public_id if row.found else uuid.uuid4() for row in rows}
        self._insert(new, ids)
        bulk.update(
            model=User,
            fields=("name", "name_folded"),
            rows=[
                (row.values["name"], row.values["name"].casefold(), row.found.pk) for row in changed
            ],
        )
        audit.record_all(
            "partners.import_account",
            by=over.by,
            at=over.at,
            lines=[
                audit.Line("", ("account", ids[row.line]), {"import": over.import_id})
                for row in rows
            ],
        )

    def _insert(self, rows: Sequence[Row], ids: dict[int, uuid.UUID]) -> None:
        created_at = clock.real_now()
        bulk.insert(
            model=User,
            fields=(
                *("public_id", "email", "name", "name_folded", "kind", "password"),
                *("language", "time_zone", "is_active", "created_at"),
            ),
            rows=[
                (
                    ids[row.line],
                    row.values["email"],
                    row.values["name"],
                    row.values["name"].casefold(),
                    row.values["kind"] or User.Kind.WORK.value,
                    make_password(None),
                    "",
                    "",
                    True,
                    created_at,
                )
                for row in rows
            ],
        )

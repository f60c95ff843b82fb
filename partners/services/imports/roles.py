"""
Who works for whom from a file: affiliations with their programs and roles.

Each row says how one account is to stand at one partner, exactly. Whether a partner keeps a Global
admin is asked of the file as a whole: rows may come in any order.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy

from partners.imports import cells
from partners.imports.columns import Column
from partners.imports.problems import Problem
from partners.models import Affiliation, Partner, RoleAssignment, User
from partners.roles import Role
from partners.services.affiliations import (
    PROGRAMS,
    LossOfAdmins,
    enrolled_in,
    loss_of_admins,
)
from partners.services.imports.kinds import (
    Change,
    Kind,
    Pass,
    Row,
    is_usable,
    partners_by_mpn_id,
    require_partner,
    users_by_email,
)
from portal import audit, bulk

# A role that is for MPN alone: to an account of CSP it would give nothing.
NEEDS_MPN = Role.MPN_PARTNER_ADMIN
_CODES = {
    LossOfAdmins.ALL: "last_global_admin",
    LossOfAdmins.IN_MPN: "last_global_admin_in_mpn",
}


@dataclass
class _Found:
    """What stands behind a row: account, partner, and how the one works for the other now."""

    user: User
    partner: Partner
    affiliation: Affiliation | None
    held: dict[str, int]
    key: int = 0

    @property
    def programs(self) -> list[str]:
        """The programs of the affiliation that is there."""
        if self.affiliation is None:
            return []
        is_in = zip(PROGRAMS, (self.affiliation.mpn, self.affiliation.csp), strict=True)
        return [program for program, held in is_in if held]


class RoleKind(Kind):
    """One account at one partner in each row."""

    name = "roles"
    label = gettext_lazy("Roles")
    explained = (
        gettext_lazy("Account and partner must be there: import users and partners first."),
        gettext_lazy(
            "Each row says exactly in which programs the account works for the partner, and with "
            "which roles: what is there and not in the row is taken away. Accounts that the file "
            "does not name keep what they have."
        ),
        gettext_lazy("No partner loses its last Global admin."),
    )
    columns = (
        Column(
            "email",
            gettext_lazy("E-mail address of the account."),
            "ana@contoso.example",
            cells.email,
        ),
        Column("mpn_id", gettext_lazy("MPN ID of the partner."), "4000001", cells.mpn_id),
        Column(
            "programs",
            gettext_lazy("Programs that the account is associated with: MPN, CSP or MPN|CSP."),
            "MPN",
            cells.programs,
        ),
        Column(
            "roles",
            gettext_lazy(
                "Codes or names of roles with | between them, such as GLOBAL_ADMIN|ADMIN_AGENT. "
                "Empty: none."
            ),
            "GLOBAL_ADMIN",
            cells.roles,
            is_required=False,
            default=(),
        ),
    )
    about = ("email", "mpn_id")

    def judge(self, rows: Sequence[Row], *, over: Pass) -> None:
        """Compare each row with the affiliation that is there."""
        partners = partners_by_mpn_id(mpn_ids=[row.values["mpn_id"] for row in rows], over=over)
        users = users_by_email(emails=[row.values["email"] for row in rows])
        there = _affiliations(partners.values(), users.values())
        for row in rows:
            partner = require_partner(row=row, partners=partners)
            user = users.get(row.values["email"])
            if user is None:
                row.refuse("email", "unknown_email", value=row.values["email"])
            elif is_usable(row=row, user=user) and partner is not None:
                row.found = _found(user, partner, there.get((user.pk, partner.pk)))
                self._judge(row)
        _remember_admins([row for row in rows if not row.problems], over=over)

    def _judge(self, row: Row) -> None:
        found, values = row.found, row.values
        refused = [p for p in values["programs"] if p not in enrolled_in(partner=found.partner)]
        if refused:
            row.refuse(
                "programs",
                "not_enrolled",
                partner=found.partner.name,
                programs="|".join(refused),
            )
        elif NEEDS_MPN in values["roles"] and "MPN" not in values["programs"]:
            row.refuse("roles", "role_needs_mpn", role=NEEDS_MPN.value)
        elif found.affiliation is None:
            row.change = Change.NEW
        elif _given(row) or _taken(row):
            row.change = Change.CHANGED

    def write(self, rows: Sequence[Row], *, over: Pass) -> None:
        """Write affiliations and roles, with a record for each in the partner's trail."""
        new = [row for row in rows if row.change == Change.NEW]
        keys = bulk.next_keys(model=Affiliation, count=len(new))
        for row, key in zip(new, keys, strict=True):
            row.found.key = key
        bulk.insert(
            model=Affiliation,
            fields=("id", "user_id", "partner_id", "mpn", "csp", "known_as", "known_as_folded"),
            rows=[
                (row.found.key, row.found.user.pk, row.found.partner.pk, *_is_in(row), "", "")
                for row in new
            ],
        )
        changed = [row for row in rows if row.change == Change.CHANGED]
        bulk.update(
            model=Affiliation,
            fields=("mpn", "csp"),
            rows=[(*_is_in(row), row.found.key) for row in changed],
        )
        _change_roles(rows, over=over)
        _record(new, "partners.add_user", over=over)
        _record(changed, "partners.set_roles", over=over)

    def conclude(self, *, over: Pass) -> Iterable[Problem]:
        """Return a problem for each partner that would be without a Global admin."""
        lost = over.scratch.run("SELECT partner, min(line) FROM lost GROUP BY partner")
        for start in range(0, len(lost), 500):
            lines = dict(lost[start : start + 500])
            yield from _without_admins(lines, over=over)


def _affiliations(partners: Iterable[Partner], users: Iterable[User]) -> dict[Any, Affiliation]:
    roles = Prefetch("role_assignments", queryset=RoleAssignment.objects.order_by("pk"))
    found = Affiliation.objects.filter(
        partner__in=[partner.pk for partner in partners], user__in=[user.pk for user in users]
    )
    return {(row.user_id, row.partner_id): row for row in found.prefetch_related(roles)}


def _found(user: User, partner: Partner, affiliation: Affiliation | None) -> _Found:
    held = affiliation.role_assignments.all() if affiliation else ()
    return _Found(
        user=user,
        partner=partner,
        affiliation=affiliation,
        held={assignment.role: assignment.pk for assignment in held},
        key=affiliation.pk if affiliation else 0,
    )


def _given(row: Row) -> list[str]:
    wanted = (*row.values["programs"], *row.values["roles"])
    return [name for name in wanted if name not in (*row.found.programs, *row.found.held)]


def _taken(row: Row) -> list[str]:
    wanted = (*row.values["programs"], *row.values["roles"])
    return [name for name in (*row.found.programs, *row.found.held) if name not in wanted]


def _is_in(row: Row) -> tuple[bool, bool]:
    return "MPN" in row.values["programs"], "CSP" in row.values["programs"]


def _change_roles(rows: Sequence[Row], *, over: Pass) -> None:
    taken = [row.found.held[role] for row in rows for role in _taken(row) if role in row.found.held]
    bulk.delete(model=RoleAssignment, keys=taken)
    bulk.insert(
        model=RoleAssignment,
        fields=("affiliation_id", "role", "assigned_at", "assigned_by_id"),
        rows=[
            (row.found.key, role, over.at, over.actor_id)
            for row in rows
            for role in row.values["roles"]
            if role not in row.found.held
        ],
    )


def _record(rows: Sequence[Row], action: str, *, over: Pass) -> None:
    audit.record_all(
        action,
        by=over.by,
        at=over.at,
        lines=[
            audit.Line(
                partner=row.values["mpn_id"],
                target=("account", row.found.user.public_id),
                facts={"given": _given(row), "taken": _taken(row), "import": over.import_id},
            )
            for row in rows
        ],
    )


# --- the last Global admin -------------------------------------------------------------------


def _remember_admins(rows: Sequence[Row], *, over: Pass) -> None:
    """Keep whom the file makes or leaves a Global admin, and where one is lost."""
    over.scratch.run(
        "CREATE TABLE IF NOT EXISTS admins "
        "(partner INTEGER, user INTEGER, before INTEGER, after INTEGER, "
        "PRIMARY KEY (partner, user)) WITHOUT ROWID"
    )
    over.scratch.run("CREATE TABLE IF NOT EXISTS lost (partner INTEGER, line INTEGER)")
    stands = [(row, _admin_before(row), _admin_after(row)) for row in rows]
    over.scratch.run_many(
        "INSERT INTO admins VALUES (?, ?, ?, ?)",
        [(r.found.partner.pk, r.found.user.pk, before, after) for r, before, after in stands],
    )
    over.scratch.run_many(
        "INSERT INTO lost VALUES (?, ?)",
        [(r.found.partner.pk, r.line) for r, before, after in stands if before > after],
    )


# How an account stands: no Global admin, one outside MPN, one in MPN.
_NONE, _OUTSIDE, _IN_MPN = 0, 1, 2


def _admin_before(row: Row) -> int:
    if row.found.affiliation is None or Role.GLOBAL_ADMIN not in row.found.held:
        return _NONE
    return _IN_MPN if row.found.affiliation.mpn else _OUTSIDE


def _admin_after(row: Row) -> int:
    if Role.GLOBAL_ADMIN not in row.values["roles"]:
        return _NONE
    return _IN_MPN if "MPN" in row.values["programs"] else _OUTSIDE


def _without_admins(lines: dict[int, int], *, over: Pass) -> Iterable[Problem]:
    """Return the problems of these partners, each with the first line that takes an admin."""
    of_file = _of_file(lines, over=over)
    others = _others(lines, of_file)
    for partner in Partner.objects.filter(pk__in=lines).order_by("pk"):
        named = of_file[partner.pk].values()
        loss = loss_of_admins(
            partner=partner,
            before=others[partner.pk] + [b == _IN_MPN for b, _a in named if b],
            after=others[partner.pk] + [a == _IN_MPN for _b, a in named if a],
        )
        if loss is not None:
            facts = {"partner": partner.name}
            yield Problem(lines[partner.pk], "roles", _CODES[loss], facts)


def _of_file(lines: Iterable[int], *, over: Pass) -> dict[int, dict[int, tuple[int, int]]]:
    """Return how the accounts that the file names stand at these partners, before and after."""
    of_file: dict[int, dict[int, tuple[int, int]]] = defaultdict(dict)
    for partner_id in lines:
        sql = "SELECT user, before, after FROM admins WHERE partner = ?"
        for user_id, before, after in over.scratch.run(sql, [partner_id]):
            of_file[partner_id][user_id] = (before, after)
    return of_file


def _others(
    partner_ids: Iterable[int], of_file: dict[int, dict[int, tuple[int, int]]]
) -> dict[int, list[bool]]:
    """Return the active Global admins of whom the file says nothing: whether each is in MPN."""
    others: dict[int, list[bool]] = defaultdict(list)
    admins = Affiliation.objects.of_people().filter(
        partner__in=list(partner_ids),
        user__is_active=True,
        role_assignments__role=Role.GLOBAL_ADMIN,
    )
    for partner_id, user_id, mpn in admins.values_list("partner_id", "user_id", "mpn"):
        if user_id not in of_file[partner_id]:
            others[partner_id].append(mpn)
    return others

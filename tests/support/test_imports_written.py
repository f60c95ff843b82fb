"""What importing writes: all of a file or nothing of it, once, and as the services would."""

import tracemalloc
from collections.abc import Sequence
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from benefits.allotments import Level, MembershipKind
from benefits.models import Competency, LedgerEntry, Membership, Package, Plan
from benefits.services.memberships import write_membership
from benefits.verification import differences
from partners.imports.models import SILENT_FOR, Import, ImportChunk, ImportProgress
from partners.models import Affiliation, Partner, RoleAssignment, User
from partners.permissions import NotAuthorized
from partners.roles import Role
from partners.services.imports.files import throw_away_old_files
from partners.services.imports.jobs import ImportNotPossible, request_import, start_again
from partners.services.imports.kinds import Change, Pass, Row
from partners.services.imports.partners import PartnerKind
from partners.services.imports.work import waiting_imports, work_on
from portal import clock
from portal.models import AuditRecord
from support.imports import KINDS
from tests.at_once import act_meanwhile
from tests.factories import AffiliationFactory, MembershipFactory, PartnerFactory, UserFactory
from tests.imports import (
    HEADERS,
    checked,
    counts,
    imported,
    problems,
    requested,
    text_of,
    uploaded,
    worked,
)
from tests.stories import row_counts
from tests.world.loaded import NOW

pytestmark = pytest.mark.django_db

OWN = ("Import", "ImportChunk", "ImportProblem", "ImportProgress")
FILES = {
    "partners": ["4300001,Contoso,SE,MPN|CSP", "4300002,Łódź Über,PL,CSP"],
    "memberships": [
        "4300001,GOLD,2026-01-01,Cloud Platform|DevOps",
        "4300001,ACTION_PACK,2026-02-01,",
    ],
    "users": ["Ana@Contoso.example,Ana  Berg,", "li@contoso.example,Li Wei,PERSONAL"],
    "roles": [
        "ana@contoso.example,4300001,MPN|CSP,GLOBAL_ADMIN|Admin agent",
        "li@contoso.example,4300001,CSP,",
    ],
}


def everything() -> dict[str, int]:
    """Return how many rows there are, imports themselves left out."""
    return {name: n for name, n in row_counts().items() if name.split(".")[1] not in OWN}


def manager() -> User:
    """Return a benefits manager."""
    return UserFactory(staff_kind=User.StaffKind.BENEFITS_MANAGER)


def test_four_files_fill_a_portal_and_the_same_files_again_change_nothing():
    by = manager()

    first = [counts(imported(kind, lines, by=by)) for kind, lines in FILES.items()]
    before = everything()
    again = [checked(kind, text_of(kind, lines), by=by) for kind, lines in FILES.items()]

    assert first == [(2, 0, 0, 0)] * 4
    assert [(counts(found), problems(found)) for found in again] == [((0, 0, 2, 0), [])] * 4
    with pytest.raises(ImportNotPossible, match="everything in this file is there already"):
        request_import(import_id=again[0].public_id, by=by, at=NOW)
    # Uploading was recorded, and nothing else is new.
    assert everything() == {**before, "portal.AuditRecord": before["portal.AuditRecord"] + 4}
    polish = Partner.objects.get(mpn_id="4300002")
    assert (polish.name, polish.name_folded, polish.country, polish.in_mpn, polish.in_csp) == (
        *("Łódź Über", "łódź über", "PL"),
        *(False, True),
    )
    ana = User.objects.get(email="ana@contoso.example")
    assert (ana.name, ana.kind, ana.has_usable_password(), ana.is_active) == (
        *("Ana Berg", "WORK"),
        *(False, True),
    )
    held = RoleAssignment.objects.filter(affiliation__user=ana).order_by("pk")
    assert list(held.values_list("role", "assigned_by", "assigned_at")) == [
        ("GLOBAL_ADMIN", by.pk, NOW),
        ("ADMIN_AGENT", by.pk, NOW),
    ]
    assert list(differences()) == []


def test_changed_rows_change_what_they_may_and_tell_the_partners_trail():
    by = manager()
    for kind, lines in FILES.items():
        imported(kind, lines, by=by)

    renamed = imported("partners", ["4300001,Contoso AB,NO,MPN|CSP"], by=by)
    called = imported("users", ["ana@contoso.example,Ana Björk,WORK"], by=by)
    moved = imported("roles", ["ana@contoso.example,4300001,MPN,GLOBAL_ADMIN"], by=by)

    assert [counts(found) for found in (renamed, called, moved)] == [(0, 1, 0, 0)] * 3
    partner, ana = Partner.objects.get(mpn_id="4300001"), User.objects.get(name="Ana Björk")
    assert (partner.name, partner.name_folded, partner.country) == (
        *("Contoso AB", "contoso ab"),
        "NO",
    )
    assert ana.name_folded == "ana björk"
    trail = AuditRecord.objects.of_partner("4300001").order_by("pk")
    assert [(r.action, r.actor_id, r.occurred_at) for r in trail] == [
        ("partners.import_partner", by.pk, NOW),
        ("benefits.write_membership", by.pk, NOW),
        ("benefits.write_membership", by.pk, NOW),
        ("partners.add_user", by.pk, NOW),
        ("partners.add_user", by.pk, NOW),
        ("partners.import_partner", by.pk, NOW),
        ("partners.set_roles", by.pk, NOW),
    ]
    last = list(trail)[-2:]
    assert last[0].facts == {
        "import": str(renamed.public_id),
        "changed": {"name": ["Contoso", "Contoso AB"], "country": ["SE", "NO"]},
    }
    assert last[1].facts == {
        "import": str(moved.public_id),
        "given": [],
        "taken": ["CSP", "ADMIN_AGENT"],
    }
    assert last[1].target_id == str(ana.public_id)
    whole = AuditRecord.objects.get(action="partners.import_data", target_id=moved.public_id)
    assert whole.facts == {
        "kind": "roles",
        "file": "roles.csv",
        "sha256": moved.sha256,
        "new": 0,
        "changed": 1,
        "unchanged": 0,
    }


# --- all or nothing --------------------------------------------------------------------------


class Exploding(PartnerKind):
    """Partners of which the last row cannot be written."""

    def write(self, rows: Sequence[Row], *, over: Pass) -> None:
        """Write the rows, and break at the last one."""
        super().write(rows, over=over)
        if any(row.values["mpn_id"] == "4302499" for row in rows):
            raise RuntimeError("the machine burns")


def test_failure_in_the_middle_leaves_nothing_and_says_that_it_was_interrupted():
    lines = [f"{4_300_000 + number},Partner {number},SE,MPN" for number in range(2_500)]
    waiting = requested("partners", text_of("partners", lines))
    before = everything()

    with pytest.raises(RuntimeError):
        work_on(import_id=waiting.public_id, kinds={"partners": Exploding()})

    assert everything() == before
    stuck = Import.objects.get(pk=waiting.pk)
    later = clock.real_now() + SILENT_FOR + timedelta(seconds=1)
    assert (stuck.state, stuck.is_interrupted(real_now=later)) == ("WRITING", True)
    assert waiting_imports() == []


class Blind(PartnerKind):
    """Partners, judged before somebody else wrote one of them."""

    def judge(self, rows: Sequence[Row], *, over: Pass) -> None:
        """See nothing of what is there."""
        for row in rows:
            row.change = Change.NEW


def test_row_that_the_database_refuses_keeps_the_whole_file_out():
    waiting = requested("partners", text_of("partners", FILES["partners"]))
    PartnerFactory(mpn_id="4300002")
    before = everything()

    work_on(import_id=waiting.public_id, kinds={"partners": Blind()})

    failed = Import.objects.get(pk=waiting.pk)
    assert (failed.state, failed.failure) == ("FAILED", "import_not_possible")
    assert everything() == {**before, "portal.AuditRecord": before["portal.AuditRecord"] + 1}
    assert ImportChunk.objects.filter(of=failed).exists()


def test_work_that_was_interrupted_starts_again_and_its_first_worker_writes_nothing():
    waiting = requested("partners", text_of("partners", FILES["partners"]))
    Import.objects.filter(pk=waiting.pk).update(state="WRITING", attempt=2)
    with pytest.raises(ImportNotPossible, match="being worked on"):
        start_again(import_id=waiting.public_id, by=None, at=NOW)
    ImportProgress.objects.update(beat_at=clock.real_now() - 2 * SILENT_FOR)

    start_again(import_id=waiting.public_id, by=None, at=NOW)
    worked(waiting)
    request_import(import_id=waiting.public_id, by=None, at=NOW)
    done = worked(waiting)

    assert (done.state, done.attempt, counts(done)) == ("DONE", 4, (2, 0, 0, 0))


def test_what_changed_since_the_check_keeps_the_whole_file_out():
    lines = [f"{PartnerFactory().mpn_id},GOLD,2026-01-01," for _number in range(3)]
    waiting = requested("memberships", text_of("memberships", lines))
    Partner.objects.filter(mpn_id=lines[-1][:7]).update(is_active=False)
    before = everything()

    failed = worked(waiting)

    assert (failed.state, failed.failure) == ("FAILED", "import_not_possible")
    assert everything() == {**before, "portal.AuditRecord": before["portal.AuditRecord"] + 1}
    refused = AuditRecord.objects.refused().get()
    assert (refused.action, refused.refusal_code) == (
        "partners.import_data",
        "import_not_possible",
    )
    start_again(import_id=waiting.public_id, by=None, at=NOW)
    assert problems(worked(waiting)) == [(4, "mpn_id", "inactive_partner")]


def test_right_is_asked_again_when_the_import_runs():
    by = manager()
    waiting = requested("partners", text_of("partners", FILES["partners"]), by=by)
    User.objects.filter(pk=by.pk).update(staff_kind=User.StaffKind.AUDITOR)

    failed = worked(waiting)

    assert (failed.state, failed.failure) == ("FAILED", "not_authorized")
    assert not Partner.objects.exists()
    with pytest.raises(NotAuthorized):
        request_import(import_id=waiting.public_id, by=by, at=NOW)


# --- once ------------------------------------------------------------------------------------


def test_import_that_is_asked_for_twice_is_written_once():
    waiting = requested("partners", text_of("partners", FILES["partners"]))

    request_import(import_id=waiting.public_id, by=None, at=NOW)
    worked(waiting)
    request_import(import_id=waiting.public_id, by=None, at=NOW)

    assert work_on(import_id=waiting.public_id, kinds=KINDS) is None
    assert Partner.objects.count() == 2
    assert AuditRecord.objects.filter(action="partners.import_data").count() == 1
    assert not ImportChunk.objects.exists()
    with pytest.raises(ImportNotPossible, match="imported already"):
        start_again(import_id=waiting.public_id, by=None, at=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_the_same_rows_at_once_write_them_once():
    text = text_of("partners", FILES["partners"])
    first, second = requested("partners", text), requested("partners", text)

    acting = act_meanwhile(
        lambda: worked(second),
        lock=lambda: list(Import.objects.select_for_update(of=("self",), no_key=True)),
        meanwhile=lambda: worked(first),
    )

    assert (counts(acting.result()), counts(Import.objects.get(pk=first.pk))) == (
        (0, 0, 2, 0),
        (2, 0, 0, 0),
    )
    assert Partner.objects.count() == 2


# --- as the services would -------------------------------------------------------------------


def years_of(partner: Partner) -> list[Any]:
    """Return everything that the partner's years consist of, keys and public ids left out."""
    years = Membership.objects.filter(partner=partner).order_by("kind", "starts_on", "pk")
    fields = ("kind", "level", "starts_on", "anniversary_on", "ended_on")
    plans = (
        *("benefit", "scope", "unit", "name", "allotment"),
        *("remaining", "used", "adjusted", "expired", "last_number"),
    )
    entries = (
        *("number", "kind", "quantity", "remaining_after", "request_number"),
        *("reason", "actor", "occurred_at"),
    )
    return [
        (
            [getattr(year, name) for name in fields],
            year.predecessor and year.predecessor.starts_on,
            list(Competency.objects.filter(membership=year).values_list("name", "attained_on")),
            Package.objects.filter(membership=year).values_list("starts_at", "ends_at").get(),
            Package.objects.get(membership=year).partner_id == partner.pk,
            list(Plan.objects.filter(package__membership=year).order_by("pk").values_list(*plans)),
            list(
                LedgerEntry.objects.filter(plan__package__membership=year)
                .order_by("pk")
                .values_list(*entries)
            ),
        )
        for year in years
    ]


def test_imported_years_are_those_that_the_service_writes():
    written, brought = PartnerFactory(), PartnerFactory()
    years = [
        ("SILVER", date(2024, 2, 29), ["DevOps"]),
        ("GOLD", date(2025, 2, 28), ["Cloud Platform", "Security"]),
        ("ACTION_PACK", date(2025, 6, 1), []),
        ("GOLD", date(2026, 2, 28), []),
    ]
    for level, starts_on, competencies in years:
        is_pack = level == "ACTION_PACK"
        write_membership(
            partner=written,
            kind=MembershipKind.ACTION_PACK if is_pack else MembershipKind.CORE,
            level=None if is_pack else Level(level),
            starts_on=starts_on,
            competencies=competencies,
            by=None,
            at=NOW,
        )

    imported(
        "memberships",
        [f"{brought.mpn_id},{level},{day},{'|'.join(names)}" for level, day, names in years],
    )

    assert years_of(brought) == years_of(written)
    assert years_of(brought)[3][1] == date(2025, 2, 28)
    assert list(differences()) == []


def test_years_succeed_each_other_in_whatever_order_they_come():
    partner, filler = PartnerFactory(), PartnerFactory()
    there = MembershipFactory(partner=partner, starts_on=date(2022, 1, 1))
    lines = [f"{partner.mpn_id},GOLD,{year}-01-01," for year in (2024, 2021)]
    # More than a batch lies between the years of the partner.
    packs = [f"{4_400_000 + n},ACTION_PACK,2026-01-01," for n in range(2_000)]
    imported("partners", [f"{line[:7]},P,SE,MPN" for line in packs])

    imported(
        "memberships",
        [*lines, f"{filler.mpn_id},GOLD,2023-01-01,", *packs, f"{partner.mpn_id},GOLD,2023-01-01,"],
    )

    chain = Membership.objects.filter(partner=partner).order_by("starts_on", "pk")
    assert [(y.starts_on.year, y.predecessor and y.predecessor.starts_on.year) for y in chain] == [
        (2021, None),
        (2022, 2021),
        (2023, 2022),
        (2024, 2023),
    ]
    assert there.starts_on.year == 2022
    assert list(differences()) == [] or all(d.where.startswith("package") for d in differences())


# --- size ------------------------------------------------------------------------------------


def peak(rows: int) -> int:
    """Return how much memory checking and writing so many partners takes, in bytes."""
    first = 5_000_000 + rows
    text = text_of("partners", [f"{first + n},Partner {n},SE,MPN" for n in range(rows)])
    found = uploaded("partners", text)
    del text
    tracemalloc.start()
    worked(found)
    request_import(import_id=found.public_id, by=None, at=NOW)
    assert counts(worked(found)) == (rows, 0, 0, 0)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def test_ten_times_the_rows_take_no_more_memory():
    peak(10)

    few, many = peak(2_000), peak(20_000)

    assert many < few * 1.3


# --- the command, and what is left lying -----------------------------------------------------


def test_command_does_the_same_and_prints_every_error(tmp_path):
    by = manager()
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(text_of("partners", FILES["partners"]), encoding="utf-8-sig")
    bad.write_text(f"{HEADERS['partners']}\n430000,A,SE,MPN\n", encoding="utf-8")

    def run(*arguments: object) -> list[str]:
        out = StringIO()
        call_command("import_csv", *map(str, arguments), stdout=out)
        return out.getvalue().splitlines()

    dry = run("partners", good, "--dry-run")
    assert not Partner.objects.exists()
    first, again = run("partners", good, "--by", by.email), run("partners", good)
    out = StringIO()
    with pytest.raises(CommandError, match=r"^1 errors\. Nothing was imported\.$"):
        call_command("import_csv", "partners", str(bad), stdout=out)

    new = "2 rows: 2 new, 0 changed, 0 unchanged, 0 with errors."
    assert dry == [new, "Only checked: nothing was imported."]
    assert first == [new, "Imported."]
    assert again == [
        "2 rows: 0 new, 0 changed, 2 unchanged, 0 with errors.",
        "Everything is there already: nothing had to be imported.",
    ]
    assert out.getvalue().splitlines()[0] == (
        "line 2, mpn_id: “430000” is not an MPN ID. Write seven digits; a spreadsheet may have "
        "dropped zeros in front. [bad_mpn_id]"
    )
    done = Import.objects.get(state="DONE")
    assert (done.uploaded_by, done.channel) == (by, "COMMAND")


def test_command_refuses_who_may_not_and_what_is_not_there(tmp_path):
    agent = UserFactory(staff=True)
    file = tmp_path / "partners.csv"
    file.write_text(text_of("partners", FILES["partners"]), encoding="utf-8")

    with pytest.raises(CommandError, match="You are not authorized for this action"):
        call_command("import_csv", "partners", str(file), "--by", agent.email)
    with pytest.raises(CommandError, match="There is no active account"):
        call_command("import_csv", "partners", str(file), "--by", "nobody@x.example")
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("import_csv", "partners", str(tmp_path / "absent.csv"))

    assert not Import.objects.exists()


def test_worker_command_does_all_that_waits():
    uploaded("partners", text_of("partners", FILES["partners"]))
    requested("users", text_of("users", FILES["users"]))
    out = StringIO()

    call_command("work_on_imports", stdout=out)

    assert out.getvalue().splitlines() == [
        "partners from partners.csv: Checked",
        "users from users.csv: Imported",
    ]


def test_file_that_was_left_lying_for_a_week_is_thrown_away():
    left, fresh = (checked("partners", text_of("partners", FILES["partners"])) for _turn in "ab")
    week = timedelta(days=7, seconds=1)
    ImportProgress.objects.filter(of=left).update(beat_at=clock.real_now() - week)

    throw_away_old_files(real_now=clock.real_now())

    assert list(ImportChunk.objects.values_list("of", flat=True)) == [fresh.pk]
    for service in (request_import, start_again):
        with pytest.raises(ImportNotPossible, match="not kept any longer"):
            service(import_id=left.public_id, by=None, at=NOW)


def test_roles_are_taken_and_given_exactly_as_the_row_says():
    partner = PartnerFactory(in_csp=True)
    held = [Role.GLOBAL_ADMIN, Role.SALES_AGENT]
    one = AffiliationFactory(partner=partner, user__email="one@x.example", roles=held)
    AffiliationFactory(partner=partner, user__email="two@x.example", roles=[Role.GLOBAL_ADMIN])

    done = imported(
        "roles",
        [
            f"one@x.example,{partner.mpn_id},MPN|CSP,REPORT_VIEWER|SALES_AGENT",
            f"two@x.example,{partner.mpn_id},MPN,GLOBAL_ADMIN",
        ],
    )

    assert counts(done) == (0, 1, 1, 0)
    one.refresh_from_db()
    roles = set(one.role_assignments.values_list("role", flat=True))
    assert (one.mpn, one.csp, roles) == (True, True, {"REPORT_VIEWER", "SALES_AGENT"})
    assert Affiliation.objects.count() == 2

"""What the check of a file finds: exactly what is wrong, where, and in a sentence."""

from datetime import date

import pytest

from benefits.models import Membership
from partners.imports.models import ImportProblem, ImportState
from partners.imports.problems import SENTENCES, sentence_of
from partners.imports.reading import LARGEST_FILE, FileUnreadable
from partners.models import Affiliation, Partner, User
from partners.roles import Role
from support.imports import KINDS
from tests.factories import (
    AffiliationFactory,
    CompetencyFactory,
    MembershipFactory,
    PartnerFactory,
    UserFactory,
)
from tests.imports import HEADERS, checked, counts, problems, text_of, uploaded
from tests.stories import row_counts

pytestmark = pytest.mark.django_db

YEARS = range(2000, 2025)
# One bad line of each kind: what it says of a partner, and what the check says of it.
BAD = [
    ("{ok},GOLD,2026-01-01,,more", "", "too_many_cells"),
    ("{ok},GOLD,2026-01-01", "", "too_few_cells"),
    ('{ok},"GOLD"x,2026-01-01,', "", "broken_quotes"),
    ("{good},GOLD,2000-01-01,", "mpn_id", "repeated_row"),
    ("{ok},,2026-01-01,", "level", "missing_value"),
    ("{ok},GOLD,2026-01-01,Dev\x07Ops", "competencies", "control_character"),
    ("40000,GOLD,2026-01-01,", "mpn_id", "bad_mpn_id"),
    ("{ok},PLATINUM,2026-01-01,", "level", "unknown_level"),
    ("{ok},GOLD,1 January,", "starts_on", "bad_date"),
    ("{ok},GOLD,2026-02-30,", "starts_on", "impossible_date"),
    ("{ok},GOLD,1999-12-31,", "starts_on", "date_out_of_range"),
    ("{ok},GOLD,2026-01-01,Knitting", "competencies", "unknown_competency"),
    ("{absent},GOLD,2026-01-01,", "mpn_id", "unknown_partner"),
    ("{inactive},GOLD,2026-01-01,", "mpn_id", "inactive_partner"),
    ("{csp},GOLD,2026-01-01,", "mpn_id", "not_in_mpn"),
    ("{ok},ACTION_PACK,2026-01-01,DevOps", "competencies", "action_pack_competencies"),
    ("{member},GOLD,2026-06-01,", "starts_on", "overlapping_years"),
    ("{good},SILVER,2010-06-01,", "starts_on", "overlapping_lines"),
    ("{member},SILVER,2025-12-15,", "level", "level_differs"),
    ("{member},GOLD,2025-12-15,DevOps|Security", "competencies", "competency_differs"),
]


def test_check_of_ten_thousand_rows_finds_exactly_the_hundred_bad_ones():
    good = [PartnerFactory().mpn_id for _number in range(396)]
    lines = [f"{mpn_id},GOLD,{year}-01-01,DevOps" for mpn_id in good for year in YEARS]
    expected = []
    for turn in range(5):
        member = MembershipFactory()
        CompetencyFactory(membership=member)
        who = {
            "good": good[turn],
            "absent": 9_000_000 + turn,
            "inactive": PartnerFactory(inactive=True).mpn_id,
            "csp": PartnerFactory(csp_only=True).mpn_id,
            "member": member.partner.mpn_id,
        }
        for number, (line, column, code) in enumerate(BAD):
            # Behind the lines that they repeat or overlap, a batch or more further down.
            place = 1_000 + turn * 1_777 + number * 13
            lines.insert(place, line.format(ok=PartnerFactory().mpn_id, **who))
            expected.append((place + 2, column, code))
    before = row_counts()

    found = checked("memberships", text_of("memberships", lines))

    assert len(BAD) == len({code for _line, _column, code in BAD}) == 20
    assert problems(found) == sorted(expected)
    assert (found.state, counts(found), found.problem_count) == ("CHECKED", (9_900, 0, 0, 100), 100)
    assert Membership.objects.count() == 5
    changed = {name for name, count in row_counts().items() if count != before[name]}
    own = {"Import", "ImportChunk", "ImportProblem", "ImportProgress"}
    assert changed == {f"partners.{name}" for name in own} | {"portal.AuditRecord"}


def test_check_says_what_is_wrong_with_partners_users_and_roles():
    PartnerFactory(mpn_id="4100001", name="Contoso", in_csp=True)
    PartnerFactory(mpn_id="4100002", name="Litware", csp_only=True)
    UserFactory(email="ana@contoso.example", name="Ana Berg")
    UserFactory(email="staff@portal.example", staff=True)
    UserFactory(email="gone@contoso.example", inactive=True)

    of_partners = checked(
        "partners",
        text_of(
            "partners",
            [
                "4100001,Contoso,SE,MPN",
                f"4100003,{'x' * 121},SE,MPN",
                "4100004,A,Sweden,MPN",
                "4100005,A,SE,Azure",
                "4100006,Fabrikam,SE,MPN",
                "4100006,Fabricam,SE,MPN",
            ],
        ),
    )
    of_users = checked(
        "users",
        text_of(
            "users",
            [
                "ana(at)contoso.example,Ana,WORK",
                "ana@contoso.example,Ana Berg,PERSONAL",
                "staff@portal.example,Sten,WORK",
                "gone@contoso.example,Gone,WORK",
                "new@contoso.example,New,CLIENT",
            ],
        ),
    )
    of_roles = checked(
        "roles",
        text_of(
            "roles",
            [
                "ana@contoso.example,4100002,MPN,",
                "nobody@contoso.example,4100001,MPN,",
                "ana@contoso.example,4100001,CSP,MPN_PARTNER_ADMIN",
                "ana@contoso.example,4100009,MPN,KING",
            ],
        ),
    )

    assert problems(of_partners) == [
        (2, "programs", "program_taken"),
        (3, "name", "too_long"),
        (4, "country", "unknown_country"),
        (5, "programs", "unknown_program"),
        (7, "name", "other_name"),
    ]
    assert problems(of_users) == [
        (2, "email", "malformed_email"),
        (3, "kind", "account_kind_differs"),
        (4, "email", "staff_account"),
        (5, "email", "inactive_account"),
        (6, "kind", "unknown_account_kind"),
    ]
    assert problems(of_roles) == [
        (2, "programs", "not_enrolled"),
        (3, "email", "unknown_email"),
        (4, "roles", "role_needs_mpn"),
        (5, "roles", "unknown_role"),
    ]
    taken = ImportProblem.objects.get(of=of_partners, code="program_taken")
    assert sentence_of(taken.code, taken.facts, of_kind={}) == (
        "Contoso is enrolled in CSP, which this row would take away. Write MPN|CSP: an import adds "
        "programs and takes none."
    )


def test_every_problem_has_a_sentence_with_its_facts():
    """Whatever was found in this module is worded: a code alone would be shown otherwise."""
    codes = [*SENTENCES, *(code for kind in KINDS.values() for code in kind.sentences)]

    assert len(codes) == len(set(codes)) >= 30
    assert sentence_of("of_tomorrow", {}, of_kind={}) == "of_tomorrow"
    assert sentence_of("bad_mpn_id", {}, of_kind={}) == "bad_mpn_id"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["ana@x.example,{mpn_id},MPN,"], ["last_global_admin"]),
        (["ana@x.example,{mpn_id},CSP,GLOBAL_ADMIN"], ["last_global_admin_in_mpn"]),
        (["ana@x.example,{mpn_id},MPN,", "li@x.example,{mpn_id},MPN,GLOBAL_ADMIN"], []),
        (["li@x.example,{mpn_id},MPN,GLOBAL_ADMIN", "ana@x.example,{mpn_id},MPN,"], []),
        (["li@x.example,{mpn_id},MPN,HELPDESK_AGENT"], []),
    ],
)
def test_file_that_leaves_no_global_admin_is_refused_whatever_its_order(lines, expected):
    partner = PartnerFactory(in_csp=True)
    AffiliationFactory(partner=partner, user__email="ana@x.example", roles=[Role.GLOBAL_ADMIN])
    AffiliationFactory(
        partner=partner, user__email="off@x.example", user__inactive=True, roles=[Role.GLOBAL_ADMIN]
    )
    UserFactory(email="li@x.example")

    found = checked("roles", text_of("roles", [row.format(mpn_id=partner.mpn_id) for row in lines]))

    assert [code for _line, _column, code in problems(found)] == expected
    assert Affiliation.objects.count() == 2


# --- files -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffmpn_id,name,country,programs\r\n4200001,Contoso,SE,MPN\r\n",
        "Programs; Country;MPN_ID;name\nmpn;se;4200001; Contoso \n",
        'mpn_id,"name",country,programs\n\n"4200001","Contoso","SE","MPN"',
    ],
)
def test_file_is_read_with_or_without_mark_with_either_separator_in_any_order(content):
    found = checked("partners", content)

    assert (problems(found), counts(found)) == ([], (1, 0, 0, 0))


def test_lines_are_those_of_the_file_also_behind_values_of_several_lines():
    content = (
        "mpn_id;name;country;programs\r\n"
        '4200001;"Con\r\ntoso";SE;MPN\r\n'
        "\r\n"
        '4200002;"Say ""Hi""; Ltd";SE;MPN\r\n'
        "4200003;Adatum;XX;MPN\r\n"
        '4200004;"never closed;SE;MPN\r\n4200005;A;SE;MPN\r\n'
    )

    found = checked("partners", content)

    assert problems(found) == [
        (2, "name", "control_character"),
        (6, "country", "unknown_country"),
        (7, "", "endless_quotes"),
    ]
    assert counts(found) == (1, 0, 0, 3)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        ("mpn_id,name\n".encode("utf-16"), "This file is written in UTF-16, not in UTF-8."),
        (
            "mpn_id,name\n".encode("utf-16-le"),
            "This file is not text in UTF-8: it holds NUL characters in its first line.",
        ),
        (
            f"{HEADERS['partners']}\n4200001,Caf\u00e9,SE,MPN\n".encode("cp1252"),
            "This file is not written in UTF-8: line 2 holds other bytes.",
        ),
        (b"PK\x03\x04rest", "This is a spreadsheet or an archive, not a CSV file."),
        (
            b"mpn_id,name,country,programs,level,name\n",
            "These columns are not known: “level”. These columns appear more than once: “name”.",
        ),
        (
            b"mpn_id,name\n1,2\n",
            "These columns are missing: \u201ccountry\u201d and \u201cprograms\u201d.",
        ),
        (
            f"{HEADERS['partners']}\n".encode() + b"x" * LARGEST_FILE,
            "The file is larger than 32 MB.",
        ),
    ],
)
def test_file_that_is_none_of_the_kind_is_refused_and_not_kept(content, sentence):
    before = row_counts()

    with pytest.raises(FileUnreadable) as refusal:
        uploaded("partners", content)

    assert refusal.value.message == sentence
    assert refusal.value.explanation.next_step is not None
    assert row_counts() == before


def test_nul_and_formulas_in_a_value_are_text_or_told():
    found = checked(
        "partners",
        text_of("partners", ["4200001,=1+1,SE,MPN", "4200002,A\x00B,SE,MPN", "'4200003,A,SE,MPN"]),
    )

    assert problems(found) == [(3, "name", "control_character"), (4, "mpn_id", "bad_mpn_id")]


def test_days_are_looked_at_from_the_day_of_the_upload():
    mpn_id = PartnerFactory().mpn_id
    days = [date(2027, 11, 21), date(2027, 11, 22)]

    found = checked(
        "memberships", text_of("memberships", [f"{mpn_id},GOLD,{day}," for day in days])
    )

    assert problems(found) == [(3, "starts_on", "date_out_of_range")]
    assert found.state == ImportState.CHECKED
    assert (Partner.objects.count(), User.objects.count()) == (1, 0)

"""How many SQL statements a page takes: few, and as many for a hundred rows as for one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.http import urlencode

from benefits.models import Contract, Plan
from partners.imports.models import Import
from partners.models import Partner, User
from partners.roles import Role
from tests.factories import (
    YEAR_START,
    AffiliationFactory,
    ContractFactory,
    IssuedIdFactory,
    LedgerEntryFactory,
    LinkFactory,
    MembershipFactory,
    PackageFactory,
    PartnerFactory,
    PlanFactory,
    SupportRequestFactory,
    UserFactory,
)
from tests.imports import checked, text_of, uploaded
from tests.pages.portals import PortalWizard
from tests.pages.visits import client_of
from tests.pages.wizard import Wizard
from tests.stories import product, submit
from tests.world.loaded import NOW, standing

pytestmark = pytest.mark.django_db

TRANSACTION_CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")
ONE, TEN, HUNDRED = 1, 10, 100
SQL_SERVER = product("SQL Server", "2022")


@dataclass(frozen=True)
class Scene:
    """A partner whose admin has linked everything, and how much of everything there is."""

    partner: Partner
    admin: User
    plan: Plan
    contract: Contract


def scene(rows: int) -> Scene:
    """Write a partner with so many packages, links, movements and requests; one is not active."""
    partner = PartnerFactory()
    admin = AffiliationFactory(partner=partner, roles=[Role.GLOBAL_ADMIN]).user
    contract = package(partner, admin, number=0)
    plan = PlanFactory(package=contract.package, unlimited=True)
    PlanFactory(package__membership=MembershipFactory(partner=partner, action_pack=True))
    for number in range(1, rows):
        package(partner, admin, number=number)
    for number in range(1, rows + 1):
        LinkFactory(contract=contract)
        movement(plan, number)
    return Scene(partner, admin, plan, contract)


@dataclass(frozen=True)
class Scenes:
    """One row of everything, a hundred, and what staff pages took before the hundred were there."""

    few: Scene
    many: Scene
    auditor: User
    desk: dict[str, int]

    def __iter__(self) -> Iterator[Scene]:
        return iter((self.few, self.many))


def both_scenes() -> Scenes:
    """Write a scene of one, count, and write one of a hundred."""
    few = scene(ONE)
    # An auditor may read everything.
    auditor = UserFactory(staff_kind=User.StaffKind.AUDITOR)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "PORTAL_NOW", NOW)
        desk = {name: opening(auditor, url(few)) for name, (_most, url) in STAFF_PAGES.items()}
        counted = {name: len(statements(act)) for name, act in desk.items()}
    return Scenes(few, scene(HUNDRED), auditor, counted)


@pytest.fixture(scope="module")
def scenes(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scenes]:
    """Yield a scene of one row of everything, and one of a hundred, for all tests here."""
    with standing(both_scenes, blocker=django_db_blocker) as made:
        yield made


def package(partner: Partner, admin: User, *, number: int) -> Contract:
    """Write an active package, linked by the admin; the first is this year's."""
    membership = MembershipFactory(partner=partner, starts_on=date(YEAR_START.year - number, 1, 1))
    years = timedelta(days=366 * (number + 2))
    of = PackageFactory(membership=membership, ends_at=NOW + years)
    contract = ContractFactory(package=of)
    for kind in ("ACCESS", "CONTRACT"):
        IssuedIdFactory(contract=contract, kind=kind)
    PlanFactory(package=of, granted=True)
    PlanFactory(package=of, advisory=True, granted=True)
    LinkFactory(user=admin, contract=contract)
    return contract


def movement(plan: Plan, number: int) -> None:
    """Write a request that an outsider opened, and the use of its plan."""
    request = SupportRequestFactory(plan=plan, opened_at=NOW - timedelta(days=number))
    LedgerEntryFactory(
        plan=plan,
        number=number,
        consumed=True,
        remaining_after=None,
        request_number=request.number,
    )


def address(name: str, *arguments: object) -> Callable[[Scene], str]:
    """Return what makes the address in a scene."""
    return lambda of: reverse(name, args=[getattr(of, str(a)).public_id for a in arguments])


def card_asked(of: Scene, *, email: str | None) -> str:
    """Return the address of the staff card with everything that can be asked of it."""
    asked = {
        "language": "sv",
        "day": (NOW - timedelta(days=2)).date().isoformat(),
        "account": "a",
        "version": "Windows Server/2025",
        "email": email or "",
    }
    return f"{reverse('support:staff-partner', args=[of.partner.mpn_id])}?{urlencode(asked)}"


PAGES: dict[str, tuple[int, Callable[[Scene], str]]] = {
    "technical benefits": (8, address("benefits:technical")),
    "expanded": (10, address("benefits:plan", "plan")),
    "replacing the IDs": (11, address("benefits:replace-ids", "plan")),
    "linked accounts": (10, address("benefits:accounts", "plan")),
    "ledger": (8, address("benefits:ledger", "plan")),
    "ledger as CSV": (8, address("benefits:ledger-csv", "plan")),
    "asking for advice": (8, address("support:consultation")),
    "offers": (8, address("memberships:offers")),
    "competencies": (8, address("memberships:competencies")),
    "my plans": (8, address("support:plans")),
    "my requests": (8, address("support:requests")),
    "help in a portal": (8, lambda _of: "/portals/azure/"),
    "plans in a portal": (8, lambda _of: "/portals/azure/plans"),
    "linking in a portal": (8, lambda _of: "/portals/azure/link"),
    "dashboard": (8, address("dashboard")),
    "notifications": (8, address("notifications")),
    "help": (8, lambda _of: "/help/activate"),
}
STAFF_PAGES: dict[str, tuple[int, Callable[[Scene], str]]] = {
    "queue": (8, lambda _of: "/staff/requests"),
    "queue by severity as CSV": (8, lambda _of: "/staff/requests.csv?severity=C&sort=newest"),
    "staff card": (13, lambda of: reverse("support:staff-partner", args=[of.partner.mpn_id])),
    "staff card at a contract": (13, address("support:staff-contract", "contract")),
    "staff card, all asked": (18, lambda of: card_asked(of, email="nobody@x.example")),
    "staff card, asked about an account": (18, lambda of: card_asked(of, email=of.admin.email)),
    "memberships": (8, lambda of: reverse("support:staff-memberships", args=[of.partner.mpn_id])),
    "accounts": (8, lambda of: reverse("support:staff-accounts", args=[of.partner.mpn_id])),
    "reports": (8, address("support:staff-reports")),
    "few left as CSV": (5, lambda _of: reverse("support:staff-report-csv", args=["few-left"])),
    "audit": (8, address("support:staff-audit")),
    "audit as CSV": (8, address("support:staff-audit-csv")),
}


def statements(act: Callable[[], object]) -> list[str]:
    """Return the SQL that the act takes, transaction control left out."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        act()
    queries = [str(query["sql"]) for query in captured.captured_queries]
    return [sql for sql in queries if not sql.startswith(TRANSACTION_CONTROL)]


def opening(who: User, url: str) -> Callable[[], object]:
    """Return the act of opening an address and reading the page to its end."""
    client = client_of(who)

    def act() -> None:
        response = client.get(url)
        assert response.status_code == 200
        assert b"".join(response)

    return act


@pytest.mark.parametrize("name", PAGES)
def test_page_takes_few_statements_and_no_more_for_a_hundred_rows(scenes: Scenes, name: str):
    most, url = PAGES[name]

    few, many = (statements(opening(of.admin, url(of))) for of in scenes)

    assert len(few) == len(many) <= most, "\n".join(many)


def an_import(rows: int) -> Import:
    """Write an import with so many errors, after as many others."""
    for _turn in range(rows):
        uploaded("partners", text_of("partners", []), by=UserFactory(staff_kind="BENEFITS_MANAGER"))
    return checked("partners", text_of("partners", ["1,A,SE,MPN"] * rows))


IMPORT_PAGES: dict[str, Callable[[Import], str]] = {
    "imports": lambda _of: reverse("support:staff-imports"),
    "an import": lambda of: reverse("support:staff-import", args=[of.public_id]),
    "errors as CSV": lambda of: reverse("support:staff-import-errors", args=[of.public_id]),
}


@pytest.mark.parametrize("name", IMPORT_PAGES)
def test_pages_of_imports_take_few_statements_and_no_more_for_a_hundred_rows(name: str):
    url = IMPORT_PAGES[name]
    staff = UserFactory(staff_kind="BENEFITS_MANAGER")

    few, many = (statements(opening(staff, url(an_import(rows)))) for rows in (ONE, HUNDRED))

    assert len(few) == len(many) <= 8, "\n".join(many)


@pytest.mark.parametrize("name", STAFF_PAGES)
def test_staff_page_takes_few_statements_and_no_more_for_a_hundred_rows(scenes: Scenes, name: str):
    """What staff see is of all partners: the few are counted before the others are there."""
    most, url = STAFF_PAGES[name]

    many = statements(opening(scenes.auditor, url(scenes.many)))

    assert scenes.desk[name] == len(many) <= most, "\n".join(many)


@pytest.mark.parametrize("query", ["", "?situation=NEVER_ACTIVATED&sort=END", "?sort=REMAINING"])
@pytest.mark.parametrize("name", ["support:staff-partners", "support:staff-partners-csv"])
def test_list_of_partners_takes_few_statements_and_no_more_for_ten_more(name: str, query: str):
    staff, url = UserFactory(staff=True), reverse(name) + query
    scene(ONE)

    few = statements(opening(staff, url))
    for _ in range(TEN):
        scene(ONE)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # It knows nothing yet of what this transaction wrote, and would join it as if empty.
            cursor.execute("ANALYZE")
    many = statements(opening(staff, url))

    assert len(few) == len(many) <= 8, "\n".join(many)


def test_wizard_with_plans_takes_few_statements_and_no_more_for_a_hundred(
    scenes: Scenes,
):
    def seeing(of: Scene) -> Callable[[], object]:
        wizard = Wizard(client_of(of.admin))
        wizard.product(action="show")
        return lambda: wizard.see("product")

    few, many = (statements(seeing(of)) for of in scenes)

    assert len(few) == len(many) <= 8, "\n".join(many)


def test_portal_wizard_with_plans_takes_few_statements_and_no_more_for_a_hundred(
    scenes: Scenes,
):
    def seeing(of: Scene) -> Callable[[], object]:
        wizard = PortalWizard(client_of(of.admin))
        wizard.problem()
        return lambda: wizard.see("details")

    few, many = (statements(seeing(of)) for of in scenes)

    assert len(few) == len(many) <= 8, "\n".join(many)


@pytest.mark.parametrize("payer", ["the chosen plan", "the default plan"])
def test_submitting_takes_few_statements_and_no_more_for_a_hundred_plans(
    scenes: Scenes, payer: str
):
    def submitting(of: Scene) -> Callable[[], object]:
        chosen = of.contract.package.plans.get(scope="ON_PREMISES").public_id
        plan_id = chosen if payer == "the chosen plan" else None
        call: dict[str, Any] = {"partner": of.partner, "product": SQL_SERVER, "plan_id": plan_id}
        return lambda: submit(by=of.admin, at=NOW, **call)

    few, many = (statements(submitting(of)) for of in scenes)

    assert len(few) == len(many) <= 11, "\n".join(many)

"""How many SQL statements a call takes: few, and as many for a hundred rows as for one."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from benefits.models import Contract, Package, Plan
from partners.models import Partner
from partners.scopes import PARTNER_SCOPES
from support.models import SupportRequest
from tests.api.asking import AZURE, BODY, PATH
from tests.api.calls import Caller, client_caller, session_caller
from tests.api.resources import answered, staff_client, statements, user_of
from tests.factories import (
    YEAR_START,
    AffiliationFactory,
    CompetencyFactory,
    ContractFactory,
    EventFactory,
    IssuedIdFactory,
    LedgerEntryFactory,
    LinkFactory,
    MembershipFactory,
    NoteFactory,
    PackageFactory,
    PartnerFactory,
    PlanFactory,
    SupportRequestFactory,
)
from tests.world.loaded import NOW

pytestmark = pytest.mark.django_db

ONE, HUNDRED = 1, 100
SQL_SERVER = {"productFamily": "SQL Server", "productVersion": "2022"}


@dataclass(frozen=True)
class Scene:
    """A partner with so many of everything, and its client, which has linked it all."""

    partner: Partner
    caller: Caller
    plan: Plan
    contract: Contract
    request: SupportRequest


def scene(rows: int) -> Scene:
    """Write a partner with so many packages, links, movements, requests, notes and events."""
    partner = PartnerFactory()
    caller = client_caller(partner, scopes=PARTNER_SCOPES)
    # One on the first page that nobody has activated: its explanation names people.
    membership = MembershipFactory(partner=partner, action_pack=True)
    PlanFactory(package=PackageFactory(membership=membership, ends_at=NOW + timedelta(days=9)))
    contracts = [package(partner, caller, number=number) for number in range(rows)]
    first = contracts[0]
    plan = PlanFactory(package=first.package, unlimited=True)
    requests = [movement(plan, caller, number) for number in range(1, rows + 1)]
    Plan.objects.filter(pk=plan.pk).update(used=rows, last_number=rows)
    for _number in range(rows):
        LinkFactory(contract=first)
        NoteFactory(request=requests[0])
    return Scene(partner, caller, plan, first, requests[0])


@pytest.fixture(scope="module")
def scenes(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Scene, Scene]]:
    """Write a partner with one of everything and one with a hundred, for all tests of the file."""
    with ExitStack() as around:
        with django_db_blocker.unblock():
            around.enter_context(transaction.atomic())
            written = scene(ONE), scene(HUNDRED)
        yield written
        with django_db_blocker.unblock():
            transaction.set_rollback(True)
            around.close()


def package(partner: Partner, caller: Caller, *, number: int) -> Contract:
    """Write an active package, linked by the client; the first is this year's."""
    membership = MembershipFactory(partner=partner, starts_on=date(YEAR_START.year - number, 1, 1))
    CompetencyFactory(membership=membership)
    of = PackageFactory(membership=membership, ends_at=NOW + timedelta(days=366 * (number + 2)))
    contract = ContractFactory(package=of)
    for kind in ("ACCESS", "CONTRACT"):
        IssuedIdFactory(contract=contract, kind=kind)
    PlanFactory(package=of, granted=True)
    PlanFactory(package=of, advisory=True, granted=True)
    LinkFactory(user=user_of(caller), contract=contract)
    EventFactory(package=of, linked=True, published=True)
    return contract


def movement(plan: Plan, caller: Caller, number: int) -> SupportRequest:
    """Write a request of the client, the use of its plan, and the event of that."""
    request = SupportRequestFactory(
        plan=plan,
        author=user_of(caller),
        contact_email="ana@contoso.example",
        opened_at=NOW - timedelta(days=number),
    )
    moved: dict[str, Any] = {"plan": plan, "consumed": True, "request_number": request.number}
    LedgerEntryFactory(number=number, remaining_after=None, **moved)
    EventFactory(**moved, package=plan.package, of_plan=False, published=True)
    return request


def getting(path: str) -> Callable[[Scene], str]:
    """Return what makes the address in a scene."""
    return lambda of: path.format(
        plan=of.plan.public_id,
        contract=of.contract.public_id,
        package=of.contract.package.public_id,
        mpn=of.partner.mpn_id,
        number=of.request.number,
    )


LISTS = {
    "entitlements": 8,
    "entitlements?sort=remaining&status=ACTIVE&remainingLt=21": 8,
    "entitlements/{plan}/ledger": 8,
    "benefits": 8,
    "contracts": 8,
    "products": 2,
    "supportRequests": 8,
    "partners": 3,
    "partners/{mpn}/memberships": 8,
    "events": 8,
}
READS = {
    "entitlements/{plan}": 2,
    "entitlements/{plan}?asOf=2026-11-19T00:00:00Z": 5,
    "benefits/{package}": 3,
    "contracts/{contract}": 3,
    "supportRequests/{number}": 5,
    "partners/{mpn}": 2,
}


def warmed(caller: Caller) -> Caller:
    """Return the caller with calls of this minute leased, as after its first one."""
    answered(caller.get("products", size=1))
    return caller


def taken_by(caller: Caller, path: str) -> list[str]:
    """Return the statements that reading an address takes."""
    warmed(caller)
    return statements(lambda: answered(caller.get(path)))


@pytest.mark.parametrize("path", [*LISTS, *READS])
def test_reading_takes_few_statements_and_no_more_for_a_hundred_rows(path: str, scenes: Any):
    most = {**LISTS, **READS}[path]
    sized = f"{path}{'&' if '?' in path else '?'}size=200" if path in LISTS else path

    few, many = (taken_by(of.caller, f"/api/v1/{getting(sized)(of)}") for of in scenes)

    assert len(few) == len(many) <= most, "\n".join(many)


@pytest.mark.parametrize("path", LISTS)
def test_reading_by_staff_takes_few_statements_and_no_more_for_a_hundred_rows(
    path: str, scenes: Any
):
    sized = f"{path}{'&' if '?' in path else '?'}size=200"

    few, many = (taken_by(staff_client(), f"/api/v1/{getting(sized)(of)}") for of in scenes)

    assert len(few) == len(many) <= 8, "\n".join(many)


def test_reading_lists_of_a_hundred_really_answers_a_hundred(scenes: Any):
    of = scenes[1]

    for path in LISTS:
        if path not in ("products", "partners"):
            page = answered(of.caller.get(f"/api/v1/{getting(path)(of)}", size=200))
            assert len(page["items"]) >= HUNDRED, path


def test_reading_an_entitlement_takes_one_more_statement_to_name_who_can_activate(scenes: Any):
    of = scenes[0]
    waiting = Package.objects.get(membership__partner=of.partner, contract=None).plans.get()

    found = taken_by(of.caller, f"/api/v1/entitlements/{waiting.public_id}")

    assert len(found) == 3, "\n".join(found)


def test_reading_in_a_session_takes_no_more_than_account_and_affiliations_besides(scenes: Any):
    """Session, account, affiliations with roles; then the entitlement itself."""
    of = scenes[0]
    user = AffiliationFactory(partner=of.partner).user

    found = taken_by(session_caller(user), f"/api/v1/entitlements/{of.plan.public_id}")

    assert len(found) == 4, "\n".join(found)


# --- writing ---------------------------------------------------------------------------------


def create(of: Scene, *, key: str, **changes: Any) -> Any:
    """Open a request about SQL Server."""
    body = BODY | SQL_SERVER | changes
    return of.caller.post(PATH, body, headers={"Idempotency-Key": key})


@pytest.mark.parametrize("payer", ["the chosen plan", "the default plan", "an unlimited plan"])
def test_creating_takes_few_statements_and_no_more_for_a_hundred_plans(payer: str, scenes: Any):
    found = []
    for of in scenes:
        chosen = str(of.contract.package.plans.get(scope="ON_PREMISES").public_id)
        changes: dict[str, Any] = {"entitlementId": chosen} if payer == "the chosen plan" else {}
        changes |= AZURE if payer == "an unlimited plan" else {}
        warmed(of.caller)
        found.append(
            statements(lambda of=of, changes=changes: answered(create(of, key="k", **changes), 201))
        )

    assert len(found[0]) == len(found[1]) <= 10, "\n".join(found[1])


def test_replaying_and_trying_out_take_fewer_statements_than_creating(scenes: Any):
    of = scenes[1]
    warmed(of.caller)
    created = statements(lambda: answered(create(of, key="k"), 201))

    replayed = statements(lambda: answered(create(of, key="k"), 201))
    tried = statements(lambda: answered(of.caller.post(PATH, BODY | SQL_SERVER, dryRun="true")))

    assert len(replayed) <= 6 < len(created), "\n".join(replayed)
    assert len(tried) <= 3, "\n".join(tried)

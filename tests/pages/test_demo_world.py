"""Loading the demo world: once, only for demos, at any date, in any size; it always adds up."""

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from benefits.models import IssuedId, LedgerEntry, Plan
from partnercenter.demo import accounts, scale, world
from partnercenter.demo.accounts import FABRIKAM
from partnercenter.demo.copies import WAY_TO_MPN_ID
from partners.models import Partner, User
from portal.models import AuditRecord
from support.models import SupportRequest
from tests.pages.states import ON_PREMISES
from tests.pages.visits import client_of, main_of, page_of, plan, visit
from tests.pages.wizard import WINDOWS_10, Wizard, radios
from tests.stories import row_counts
from tests.world.loaded import NOW, put

pytestmark = pytest.mark.django_db

JUNE_2021 = datetime(2021, 6, 1, 12, tzinfo=UTC)


def run(command: str, *arguments: str) -> str:
    """Run a management command; return what it prints."""
    out = io.StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue().strip()


def test_load_demo_writes_the_partners_and_accounts_of_the_table():
    assert run("load_demo") == "Demo world loaded."

    assert set(Partner.objects.values_list("mpn_id", "name", "country")) == {
        (row.mpn_id, row.name, row.country) for row in accounts.PARTNERS
    }
    people = User.objects.exclude(kind=User.Kind.CLIENT)
    assert set(people.values_list("email", "name", "kind", "staff_kind")) == {
        (row.email, row.name, row.kind, row.staff_kind) for row in accounts.ACCOUNTS
    }


def test_load_demo_again_changes_nothing():
    put(at=NOW)
    before, ids = row_counts(), set(IssuedId.objects.values_list("number", flat=True))

    assert run("load_demo") == "The demo world is there already."

    assert row_counts() == before
    assert set(IssuedId.objects.values_list("number", flat=True)) == ids


def test_load_demo_outside_a_demo_is_refused_and_writes_nothing(settings: Any):
    settings.DEMO = False
    settings.PORTAL_NOW = None
    before = row_counts()

    with pytest.raises(CommandError, match="set DEMO=True"):
        run("load_demo")

    assert row_counts() == before


def test_load_demo_accounts_lists_all_and_writes_nothing():
    before = row_counts()

    first, *rows = run("load_demo", "--accounts").splitlines()

    assert accounts.PASSWORD in first
    emails = [account.email for account in accounts.listed_accounts()]
    clients = [client.client_id for client in accounts.CLIENTS]
    assert [row.split()[0] for row in rows] == [*emails, "API", *clients]
    assert row_counts() == before


def test_load_demo_in_a_larger_scale_adds_partners_that_add_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(scale, "AT_ONCE", 2)

    printed = run("load_demo", "--scale", "4")

    assert printed == "Demo world loaded.\n4 partners added."
    assert Partner.objects.filter(name__startswith="Partner 6").count() == 4
    assert run("verify_ledger") == "0 differences"
    # Two went through the services, two are copies of them.
    for original, copied in (("6000000", "6000002"), ("6000001", "6000003")):
        assert rows_of(copied) == rows_of(original)
        assert original not in said_of(copied)
        assert copied in said_of(copied)


def rows_of(mpn_id: str) -> dict[str, int]:
    """Return how many rows of each kind the partner has."""
    return {
        model.__name__: model._default_manager.filter(**{way: mpn_id}).count()
        for model, way in WAY_TO_MPN_ID.items()
    }


def said_of(mpn_id: str) -> str:
    """Return all that the audit trail and the requests say of the partner."""
    records = AuditRecord.objects.filter(partner_mpn_id=mpn_id)
    requests = SupportRequest.objects.filter(plan__package__partner__mpn_id=mpn_id)
    return str([*records.values(), *requests.values()])


def test_load_demo_in_a_larger_scale_twice_adds_others():
    put(at=NOW)
    run("load_demo", "--scale", "2")

    run("load_demo", "--scale", "1")

    added = Partner.objects.filter(name__startswith="Partner 6").order_by("pk")
    assert list(added.values_list("mpn_id", flat=True)) == ["6000000", "6000001", "6000002"]


def test_load_demo_in_a_scale_below_zero_is_refused():
    with pytest.raises(CommandError, match="0 or more"):
        run("load_demo", "--scale", "-1")

    assert not Partner.objects.exists()


@pytest.mark.parametrize(
    "at",
    [
        NOW,
        JUNE_2021,
        datetime(2028, 2, 29, 0, 0, tzinfo=UTC),
        datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
        datetime(2027, 3, 28, 1, 30, tzinfo=UTC),
    ],
    ids=lambda at: at.isoformat(),
)
def test_world_of_any_day_adds_up_and_lies_in_the_past(settings: Any, at: datetime):
    settings.PORTAL_NOW = at

    put(at=at)

    assert run("verify_ledger") == "0 differences"
    for model, field in ((LedgerEntry, "occurred_at"), (SupportRequest, "opened_at")):
        assert not model._base_manager.filter(**{f"{field}__gt": at}).exists()
    assert not AuditRecord.objects.exclude(refusal_code="").exists()


def test_world_of_every_load_tells_the_same_story():
    stories = []
    for load in (put, world.load):
        with transaction.atomic():
            load(at=NOW)
            requests = SupportRequest.objects.order_by("pk")
            told = requests.values_list("title", "product_family", "opened_at", "state")
            stories.append(list(told))
            transaction.set_rollback(True)

    assert stories[0] == stories[1]
    assert len(stories[0]) > 90


def test_world_of_june_2021_says_the_time_and_counts_windows_10_as_covered(settings: Any):
    settings.PORTAL_NOW = JUNE_2021
    put(at=JUNE_2021)
    wizard = Wizard(client_of("admin@fabrikam.example"))

    page = wizard.show(**WINDOWS_10)

    assert page.one(cls="demo-band").text == "Demo clock: the rules see 1 June 2021, 12:00 UTC"
    card = radios(page)[str(plan(FABRIKAM).public_id)]
    assert card.one(cls="plan-card__number").text == "17"


def test_world_of_june_2021_offers_no_version_that_came_later(settings: Any):
    settings.PORTAL_NOW = JUNE_2021
    put(at=JUNE_2021)
    wizard = Wizard(client_of("admin@fabrikam.example"))

    page = wizard.show(family="SQL Server", version="2019")

    offered = page.one("select", name="version").texts("option")[1:]
    assert offered == ["2019", "2017", "2016"]
    assert wizard.product(family="SQL Server", version="2025").status_code == 400


def test_world_of_june_2021_shows_dates_of_that_year(settings: Any):
    settings.PORTAL_NOW = JUNE_2021
    put(at=JUNE_2021)

    page = visit("admin@contoso.example", "/dashboard/mpn/membership/benefits/technical")

    assert main_of(page).one("p", cls="lead").text == (
        "20 on-premises incidents and unlimited cloud support, to be activated by 1 May 2022"
    )


def test_world_moved_on_by_the_clock_ends_what_it_must(settings: Any):
    put(at=NOW)
    settings.PORTAL_NOW = datetime(2028, 1, 1, tzinfo=UTC)

    page = page_of(
        client_of("admin@fabrikam.example").get("/dashboard/mpn/membership/benefits/technical")
    )

    row = page.one("tr", id=f"plan-{plan(FABRIKAM).public_id}")
    assert "ended 13 Apr 2027 · 17 of 20 were unused" in row.text
    assert plan(FABRIKAM).remaining == 17
    assert run("book_expiries").endswith("plans booked")
    assert plan(FABRIKAM).remaining == 0
    assert run("verify_ledger") == "0 differences"


def test_scaled_partners_show_their_benefits():
    put(at=NOW)
    run("load_demo", "--scale", "2")

    page = visit("admin@p6000000.example", "/dashboard/mpn/membership/benefits/technical")

    held = Plan.objects.filter(package__membership__partner__mpn_id="6000000")
    assert held.filter(scope=ON_PREMISES).count() == 1
    assert all(page.has("tr", id=f"plan-{p.public_id}") for p in held)

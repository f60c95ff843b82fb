"""Collections page by page: in order, complete, undisturbed by rows that come and go."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from benefits.allotments import Benefit, Level, MembershipKind, Scope, Unit
from benefits.calendar import anniversary_of, end_of_benefits, midnight
from benefits.models import Membership, Package, Plan
from partners.models import Partner, User
from partners.scopes import STAFF_SCOPES
from portal.models import CallWindow
from portal.rest.paging import COUNTED_TO, Key, list_slice, slice_of
from tests.api.calls import Caller, staff_caller
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

MINUTE, LEASED, PK = Key("minute"), Key("leased"), Key("pk")
DOWN = [Key(key.name, is_descending=True) for key in (MINUTE, LEASED, PK)]
ORDERS = ("endsAt", "-endsAt", "remaining", "-remaining")


# --- slices ----------------------------------------------------------------------------------


@pytest.fixture
def windows() -> list[CallWindow]:
    """Return rows of which many are alike in all but their key."""
    users = User.objects.bulk_create(UserFactory.build_batch(24))
    return CallWindow.objects.bulk_create(
        CallWindow(caller=user, minute=number % 3, leased=number * 7 % 4)
        for number, user in enumerate(users)
    )


def walked(keys: list[Key], size: int) -> list[int]:
    """Return the keys of all rows, slice by slice."""
    found, cursor, is_first = [], None, True
    while cursor or is_first:
        is_first = False
        page = slice_of(CallWindow.objects.all(), keys=keys, size=size, cursor=cursor, salt="here")
        found += [row.pk for row in page.rows]
        cursor = page.next_cursor
    return found


@pytest.mark.parametrize("size", [1, 2, 5, 23, 24, 25])
@pytest.mark.parametrize(
    "keys",
    [
        [PK],
        [DOWN[2]],
        [MINUTE, PK],
        [DOWN[0], PK],
        [MINUTE, DOWN[1], PK],
        [DOWN[0], LEASED, DOWN[2]],
        [MINUTE, LEASED, PK],
        DOWN,
    ],
    ids=lambda keys: ",".join(key.order for key in keys),
)
def test_slices_together_are_the_whole_in_order(
    windows: list[CallWindow], keys: list[Key], size: int
):
    in_order = list(windows)
    for key in reversed(keys):
        in_order.sort(key=lambda row: getattr(row, key.name), reverse=key.is_descending)

    assert walked(keys, size) == [row.pk for row in in_order]


@pytest.mark.parametrize(("size", "following"), [(23, 1), (24, 0), (25, 0)])
def test_slice_that_holds_the_last_row_has_no_next_one(
    windows: list[CallWindow], size: int, following: int
):
    page = slice_of(CallWindow.objects.all(), keys=[PK], size=size, cursor=None, salt="here")

    assert (len(page.rows), page.total, page.next_cursor is not None) == (
        min(size, 24),
        24,
        following > 0,
    )


def test_slice_behind_a_row_that_is_gone_begins_where_it_was(windows: list[CallWindow]):
    first = slice_of(CallWindow.objects.all(), keys=[MINUTE, PK], size=5, cursor=None, salt="x")
    CallWindow.objects.filter(pk=first.rows[-1].pk).delete()

    second = slice_of(
        CallWindow.objects.all(), keys=[MINUTE, PK], size=30, cursor=first.next_cursor, salt="x"
    )

    seen = {row.pk for row in first.rows} | {row.pk for row in second.rows}
    assert (len(first.rows) + len(second.rows), seen) == (24, {row.pk for row in windows})


def test_slice_takes_two_statements(
    windows: list[CallWindow], django_assert_num_queries: Callable[[int], Any]
):
    with django_assert_num_queries(2):
        slice_of(CallWindow.objects.all(), keys=[PK], size=5, cursor=None, salt="x")


@pytest.mark.parametrize("size", [1, 3, 9, 10, 11])
def test_slices_of_a_list_are_the_whole(size: int):
    rows, found, cursor, is_first = list(range(10)), [], None, True
    while cursor or is_first:
        is_first = False
        page = list_slice(rows, size=size, cursor=cursor, salt="x")
        found += page.rows
        cursor = page.next_cursor

    assert (found, page.total) == (rows, 10)


# --- the main query --------------------------------------------------------------------------


def pages(caller: Caller, address: str) -> Iterator[dict[str, Any]]:
    """Yield the pages of a collection, as links.next leads from one to the next."""
    uri: str | None = f"/api/v1/{address}"
    while uri:
        # Not held to the description: of ten thousand items that takes minutes.
        response = caller.browser.get(uri, headers={"Authorization": f"Bearer {caller.token}"})
        assert response.status_code == 200
        page: dict[str, Any] = response.json()
        assert page["links"]["self"] == {"uri": uri, "method": "GET"}
        yield page
        uri = page["links"]["next"]["uri"] if page["links"]["next"] else None


def ids(caller: Caller, address: str) -> list[str]:
    """Return the ids of a whole collection, in its order."""
    return [item["id"] for page in pages(caller, address) for item in page["items"]]


def grow(plans: int) -> list[Plan]:
    """Add so many plans of new partners, with ends and numbers of which many are alike."""
    first = Partner.objects.count()
    partners = Partner.objects.bulk_create(
        Partner(
            mpn_id=str(6_000_000 + first + n),
            name=f"Partner {n}",
            country="SE",
            in_mpn=True,
            in_csp=False,
        )
        for n in range(-(-plans // 2))
    )
    years = Membership.objects.bulk_create(_membership(p, n % 90) for n, p in enumerate(partners))
    packages = Package.objects.bulk_create(
        Package(
            partner=year.partner,
            membership=year,
            starts_at=midnight(year.starts_on),
            ends_at=end_of_benefits(year.anniversary_on),
        )
        for year in years
    )
    found = [plan for n, package in enumerate(packages) for plan in _plans(package, n % 40)]
    return Plan.objects.bulk_create(found[:plans])


def _membership(partner: Partner, day: int) -> Membership:
    began = date(2026, 2, 1) + timedelta(days=day)
    return Membership(
        partner=partner,
        kind=MembershipKind.CORE,
        level=Level.GOLD,
        starts_on=began,
        anniversary_on=anniversary_of(began),
    )


def _plans(package: Package, used: int) -> list[Plan]:
    """Return hours, of which some are used, and incidents that were never activated."""
    hours = Plan(
        package=package,
        benefit=Benefit.TPD_ADVISORY,
        unit=Unit.HOUR,
        name="Technical presales and deployment",
        allotment=50,
        used=used,
        remaining=50 - used,
    )
    incidents = Plan(
        package=package,
        benefit=Benefit.MICROSOFT_PRODUCT_SUPPORT,
        scope=Scope.ON_PREMISES,
        unit=Unit.INCIDENT,
        name="Partner support Gold 20pack",
        allotment=20,
    )
    return [hours, incidents]


def walk_while_rows_come_and_go(caller: Caller, address: str) -> tuple[list[str], set[str]]:
    """Walk; between pages take away every 50th row that is left, and add some. Return what came."""
    seen, gone = [], set()
    for number, page in enumerate(pages(caller, address)):
        seen += [item["id"] for item in page["items"]]
        left = Plan.objects.filter(last_number=0, pk__gt=number).order_by("pk")
        leaving = left.values_list("pk", "public_id")[number::50]
        gone |= {str(public_id) for _pk, public_id in leaving}
        Plan.objects.filter(pk__in=[pk for pk, _public_id in leaving]).delete()
        if number < 10:
            grow(20)
    return seen, gone


@pytest.mark.parametrize(("plans", "sort"), [(10_000, None), *((1_000, sort) for sort in ORDERS)])
def test_walk_sees_each_row_that_stays_exactly_once(plans: int, sort: str | None):
    before = {str(plan.public_id) for plan in grow(plans)}
    caller = actor_of_staff()

    seen, gone = walk_while_rows_come_and_go(
        caller, f"entitlements?size={200 if plans > 1000 else 50}{f'&sort={sort}' if sort else ''}"
    )

    assert len(seen) == len(set(seen))
    assert before - gone <= set(seen)
    assert len(gone & before) > plans // 20


def actor_of_staff() -> Caller:
    """Return a client of the staff."""
    return staff_caller(scopes=STAFF_SCOPES)


def test_total_is_exact_up_to_ten_thousand():
    staff, totals = actor_of_staff(), []

    for more in (COUNTED_TO - 1, 1, 1):
        grow(more)
        page = staff.get("entitlements", size="1").json()
        totals.append((page["totalCount"], len(page["items"])))

    assert totals == [(9_999, 1), (10_000, 1), (None, 1)]


def test_total_counts_what_the_filters_leave():
    grow(60)

    page = actor_of_staff().get("entitlements", size="1", benefit="TPD_ADVISORY").json()

    assert page["totalCount"] == 30


# --- orders ----------------------------------------------------------------------------------


def in_python(items: list[dict[str, Any]], sort: str) -> list[str]:
    """Return the ids in the order; unlimited and unknown numbers come last, either way."""
    is_descending = sort.startswith("-")
    last = -1 if is_descending else 10**9

    def key(numbered: tuple[int, dict[str, Any]]) -> tuple[Any, int]:
        number, item = numbered
        value = item[sort.lstrip("-")]
        return (last if value is None else value, number)

    in_order = sorted(enumerate(items), key=key, reverse=is_descending)
    return [item["id"] for _number, item in in_order]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("size", [1, 7, 200])
@pytest.mark.parametrize("sort", ORDERS)
def test_order_of_the_world_is_that_of_python(sort: str, size: int):
    staff = actor_of_staff()
    items = [item for page in pages(staff, "entitlements?size=200") for item in page["items"]]

    assert ids(staff, f"entitlements?size={size}&sort={sort}") == in_python(items, sort)
    assert {None, 0} < {item["remaining"] for item in items}


@pytest.mark.parametrize("sort", ORDERS)
def test_order_of_many_alike_is_that_of_python(sort: str):
    grow(300)
    staff = actor_of_staff()
    items = [item for page in pages(staff, "entitlements?size=200") for item in page["items"]]

    assert ids(staff, f"entitlements?size=45&sort={sort}") == in_python(items, sort)


# --- links -----------------------------------------------------------------------------------


def parameters(uri: str) -> dict[str, list[str]]:
    """Return the parameters of an address."""
    return parse_qs(urlsplit(uri).query)


@pytest.mark.usefixtures("world")
def test_links_keep_the_filters():
    given = {
        "size": "2",
        "status": "ACTIVE,EXPIRED",
        "level": "GOLD",
        "endsBefore": "2027-12-31T00:00:00+01:00",
        "sort": "-endsAt",
    }

    first = actor_of_staff().get("entitlements", **given).json()["links"]

    assert parameters(first["self"]["uri"]) == {name: [value] for name, value in given.items()}
    following = parameters(first["next"]["uri"])
    assert following.pop("cursor") != []
    assert following == parameters(first["self"]["uri"])


@pytest.mark.usefixtures("world")
def test_every_page_of_a_walk_keeps_to_the_filters():
    found = [
        item
        for page in pages(actor_of_staff(), "entitlements?size=2&benefit=SIGNATURE_CLOUD_SUPPORT")
        for item in page["items"]
    ]

    assert {item["benefit"] for item in found} == {"SIGNATURE_CLOUD_SUPPORT"}
    assert len(found) == Plan.objects.filter(benefit="SIGNATURE_CLOUD_SUPPORT").count()


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    "address", ["benefits", "contracts", "partners", "supportRequests", "products", "entitlements"]
)
def test_small_pages_hold_what_one_large_page_holds(address: str):
    staff = actor_of_staff()
    large = staff.get(address, size="200").json()

    small = [item for page in pages(staff, f"{address}?size=7") for item in page["items"]]

    assert small == large["items"]
    assert (large["totalCount"], large["links"]["next"]) == (len(small), None)


@pytest.mark.usefixtures("world")
def test_page_without_a_size_holds_twenty_five():
    page = actor_of_staff().get("entitlements").json()

    assert (len(page["items"]), page["totalCount"]) == (25, Plan.objects.count())

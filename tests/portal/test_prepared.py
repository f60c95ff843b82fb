"""Prepared queries: the rows of the query itself, for the values of each call, never older."""

import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, models
from django.db.models import F, Subquery
from django.test.utils import CaptureQueriesContext

from benefits import entitlements, reading
from benefits.models import Plan
from partners.models import Affiliation, User
from portal.prepared import Given, Prepared
from tests.factories import AffiliationFactory, LinkFactory, PlanFactory, UserFactory
from tests.world.loaded import NOW

pytestmark = pytest.mark.django_db
KEY: "models.BigIntegerField[int, int]" = models.BigIntegerField()


def plans_ending(order: str, *, plan_id: Given, at: Given):
    """Return the plan with this id if it ends after an instant, with what a join brings."""
    found = Plan.objects.filter(public_id=plan_id, package__ends_at__gt=at)
    found = found.select_related("package").annotate(
        started=F("package__starts_at"),
        name_of=Subquery(Plan.objects.filter(public_id=plan_id).values("name")[:1]),
    )
    return found.order_by(order)


def test_rows_are_those_of_the_values_of_each_call():
    first, second = PlanFactory(granted=True), PlanFactory(granted=True)
    prepared = Prepared(plans_ending, plan_id=models.UUIDField(), at=models.DateTimeField())
    before = first.package.ends_at - timedelta(microseconds=1)

    found = [
        prepared.rows("-pk", plan_id=plan_id, at=at)
        for plan_id, at in (
            (first.public_id, before),
            (second.public_id, before),
            (first.public_id, first.package.ends_at),
            (uuid.uuid4(), before),
        )
    ]

    assert found == [[first], [second], [], []]
    (row,) = found[0]
    assert row.__dict__["started"] == first.package.starts_at
    assert row.__dict__["name_of"] == first.name
    assert row._state.fields_cache["package"] == first.package


def test_rows_are_never_older_than_the_call():
    plan = PlanFactory(granted=True)
    prepared = Prepared(lambda *, key: Plan.objects.filter(pk=key), key=KEY)
    assert prepared.rows(key=plan.pk)[0].used == 0

    Plan.objects.filter(pk=plan.pk).update(used=1, remaining=plan.remaining - 1)

    assert prepared.rows(key=plan.pk)[0].used == 1


def test_query_is_put_together_once_for_each_shape_and_sent_at_each_call():
    made = []

    def make(kind: str, *, key: Given):
        made.append(kind)
        return User.objects.filter(kind=kind, pk=key)

    prepared = Prepared(make, key=KEY)
    user = UserFactory()

    with CaptureQueriesContext(connection) as sent:
        found = [prepared.rows(kind, key=user.pk) for kind in ("WORK", "CLIENT", "WORK", "CLIENT")]

    assert found == [[user], [], [user], []]
    assert made == ["WORK", "CLIENT"]
    assert len(sent) == 4


def test_query_is_read_by_threads_at_once_each_by_its_own_values(transactional_db: None):
    users = [UserFactory() for _ in range(4)]
    prepared = Prepared(lambda *, key: User.objects.filter(pk=key), key=KEY)
    found: dict[int, set[int]] = {}

    def read(key: int) -> None:
        found[key] = {row.pk for _ in range(20) for row in prepared.rows(key=key)}
        connection.close()

    threads = [threading.Thread(target=read, args=[user.pk]) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == {user.pk: {user.pk} for user in users}


def test_prepared_query_stands_within_another_one_with_its_own_values():
    plans = [PlanFactory(granted=True) for _ in range(3)]
    prepared: Prepared[Any] = Prepared(
        lambda *, key: Plan.objects.filter(pk=key).values("package_id"), key=KEY
    )

    def within(*chosen: Plan, lookup: str):
        found = Plan.objects.none()
        for plan in chosen:
            found |= Plan.objects.filter(**{lookup: prepared.within(key=plan.pk)})
        return list(found.order_by("pk"))

    for lookup in ("package__in_keys_of", "package_id__in"):
        assert within(plans[1], lookup=lookup) == [plans[1]]
        assert within(plans[0], plans[2], lookup=lookup) == [plans[0], plans[2]]


@pytest.mark.parametrize("given", [{}, {"key": 1, "other": 1}])
def test_values_other_than_those_asked_for_are_a_mistake(given):
    prepared = Prepared(lambda *, key: User.objects.filter(pk=key), key=KEY)

    with pytest.raises(TypeError, match="asked for"):
        prepared.rows(**given)


@pytest.mark.parametrize(
    "further",
    [
        lambda query: query.select_for_update(),
        lambda query: query.prefetch_related("affiliations"),
    ],
)
def test_query_that_locks_or_is_followed_by_others_is_not_prepared(further):
    prepared = Prepared(lambda *, key: further(User.objects.filter(pk=key)), key=KEY)

    with pytest.raises(TypeError, match="isn't prepared"):
        prepared.rows(key=1)


def test_prepared_reads_are_those_of_the_same_plans():
    affiliation: Affiliation = AffiliationFactory(roles=["GLOBAL_ADMIN"])
    user, partner = affiliation.user, affiliation.partner
    own = PlanFactory(package__membership__partner=partner, package__partner=partner, granted=True)
    hours = PlanFactory(package=own.package, advisory=True, granted=True)
    linked = PlanFactory(granted=True)
    foreign = PlanFactory(granted=True)
    LinkFactory(user=user, contract__package=linked.package)

    def read(*plans: Plan, reader: User | None = user):
        query = Plan.objects.filter(pk__in=[plan.pk for plan in plans])
        return entitlements.read(query, user=reader, at=NOW)

    def readable(plan: Plan):
        return reading.readable(plan.public_id, user=user, acting_for=partner, at=NOW)

    assert reading.held(partner, user=user, at=NOW) == read(own, hours)
    assert reading.held(partner, user=None, at=NOW) == read(own, hours, reader=None)
    assert reading.seen(partner, user=user, at=NOW) == read(own)
    assert reading.used(user, partner=partner, at=NOW) == read(own, linked)
    assert reading.used(user, partner=None, at=NOW) == read(linked)
    assert reading.one(foreign.pk, user=user, at=NOW) == read(foreign)[0]
    assert [readable(own), readable(linked)] == [read(own)[0], read(linked)[0]]
    assert readable(foreign) is None
    everything = Plan.objects.filter(pk__in=[p.pk for p in (own, hours, linked, foreign)])
    for acting_for in (partner, None):
        by = everything.readable_by(user, acting_for=acting_for)
        assert set(reading.all_readable(user, acting_for=acting_for)) == set(by)
    assert set(by) == {linked}

"""The lookup by keys: the same rows as IN, the keys first."""

import re

import pytest
from django.db import connection

from benefits.models import Package, Plan
from partners.models import Partner
from tests.factories import PartnerFactory, PlanFactory

pytestmark = pytest.mark.django_db


def test_in_keys_of_finds_the_same_rows_as_in():
    wanted = [PlanFactory().package_id, PlanFactory().package_id]
    PlanFactory()
    first, second = Package.objects.filter(pk=wanted[0]), Package.objects.filter(pk=wanted[1])
    keys = first.values_list("pk", flat=True).union(second.values_list("pk", flat=True))

    by_keys = Plan.objects.filter(package__in_keys_of=keys)

    assert set(by_keys) == set(Plan.objects.filter(package_id__in=wanted))
    assert by_keys.filter(name="no such plan").count() == 0


def test_in_keys_of_reads_the_keys_first_on_postgresql():
    keys = Package.objects.filter(partner_id=1).values_list("pk", flat=True)

    sql = str(Plan.objects.filter(package__in_keys_of=keys).query)

    assert ("= ANY(ARRAY(SELECT" in sql) == (connection.vendor == "postgresql")


def test_names_that_begin_so_are_found_and_ordered_by_their_index_alone():
    found = Partner.objects.name_begins_with("con").by_name()[:21]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # A handful of rows is read faster without an index: as many as there may be are not.
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")

    plan = found.explain()

    # On SQLite the index of other lists is the same, and as good.
    assert re.search("partners_partner_(name|in_order)", plan)
    assert "SCAN" not in plan
    assert not any(sorting in plan for sorting in ("Sort", "TEMP B-TREE"))


def test_names_are_in_the_order_of_their_code_points_on_every_database():
    names = ("zebra", "Äpfel", "apple", "Zoo", "东京", "a-b", "ab")
    for name in names:
        PartnerFactory(name=name)

    in_order = [partner.name for partner in Partner.objects.by_name()]

    assert in_order == ["a-b", "ab", "apple", "zebra", "Zoo", "Äpfel", "东京"]

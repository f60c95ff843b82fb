"""The lookup by keys: the same rows as IN, the keys first."""

import pytest
from django.db import connection

from benefits.models import Package, Plan
from tests.factories import PlanFactory

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

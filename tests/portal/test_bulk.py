"""Many rows at once: the same rows as one by one, with keys that nobody else gets."""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from partners.models import Partner, User
from portal import audit, bulk
from portal.models import AuditRecord
from tests.factories import PartnerFactory, UserFactory
from tests.world.loaded import NOW

pytestmark = pytest.mark.django_db

FIELDS = ("mpn_id", "name", "name_folded", "country", "in_mpn", "in_csp", "is_active", "created_at")
TEXTS = ["plain", 'a "quote", and\ttab', "\\N", "two\nlines", "Łódź 中文", "", "100 %s"]


def partner(number: int, name: str) -> tuple[object, ...]:
    """Return the values of `FIELDS`."""
    return (f"47{number:05}", name, name.casefold(), "SE", True, False, True, NOW)


def test_rows_are_those_that_the_model_would_write():
    bulk.insert(
        model=Partner,
        fields=FIELDS,
        rows=[partner(number, text) for number, text in enumerate(TEXTS)],
    )

    one_by_one = PartnerFactory(name="Łódź 中文")
    found = Partner.objects.filter(mpn_id__startswith="47").order_by("mpn_id", "pk")
    assert list(found.values_list("name", flat=True)) == TEXTS
    for name in ("name", "name_folded", "country", "in_mpn", "in_csp", "is_active"):
        assert getattr(found[4], name) == getattr(one_by_one, name)
    assert found[4].created_at == NOW


def test_missing_values_days_ids_and_json_come_out_as_they_went_in():
    by, target = UserFactory(), uuid.uuid4()
    facts = {"startsOn": "2026-11-20", "given": ['"', "\\", None], "é": 1.5}

    audit.record_all(
        "partners.import_account",
        by=by,
        at=NOW,
        lines=[audit.Line("", ("account", target), facts), audit.Line("4700001", ("mpn", 1), {})],
    )

    first, second = AuditRecord.objects.order_by("pk")
    assert (first.actor, first.partner_mpn_id, first.target_id) == (by, "", str(target))
    assert (first.facts, first.address, first.occurred_at) == (facts, None, NOW)
    assert (second.partner_mpn_id, second.target_id, second.facts) == ("4700001", "1", {})


def test_keys_are_given_once_and_never_meet_those_of_others():
    keys = bulk.next_keys(model=Partner, count=3)
    between = PartnerFactory().pk
    more = bulk.next_keys(model=Partner, count=2)
    bulk.insert(
        model=Partner,
        fields=("id", *FIELDS),
        rows=[(key, *partner(key, "Given")) for key in (*keys, *more)],
    )
    after = PartnerFactory().pk

    assert len({*keys, between, *more, after}) == 7
    assert list(keys) == sorted(keys)
    assert bulk.next_keys(model=Partner, count=0) == []


def test_rows_are_updated_and_deleted_by_their_keys():
    kept, changed, gone = (PartnerFactory().pk for _turn in "abc")

    bulk.update(model=Partner, fields=("name", "in_csp"), rows=[("New", True, changed)])
    bulk.delete(model=Partner, keys=[gone])

    assert Partner.objects.get(pk=changed).name == "New"
    assert Partner.objects.get(pk=kept).name != "New"
    assert not Partner.objects.filter(pk=gone).exists()


def test_what_the_database_refuses_is_refused_here_too():
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(model=Partner, fields=FIELDS, rows=[partner(1, "A"), partner(1, "B")])
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(model=Partner, fields=FIELDS, rows=[("47x0001", *partner(1, "A")[1:])])

    assert not Partner.objects.exists()


def test_rows_that_are_kept_aside_come_all_at_once_or_go():
    if connection.vendor != "sqlite":
        with pytest.raises(AssertionError, match="others write beside each other"):
            bulk.kept_aside().__enter__()
        return
    there, gone = PartnerFactory(), PartnerFactory()
    user = UserFactory()

    with bulk.kept_aside() as aside:
        for number in (1, 2):
            bulk.insert(model=Partner, fields=FIELDS, rows=[partner(number, f"P{number}")])
        bulk.update(model=Partner, fields=("name", "created_at"), rows=[("X", NOW, there.pk)])
        bulk.update(model=User, fields=("public_id",), rows=[(uuid.UUID(int=7), user.pk)])
        bulk.delete(model=Partner, keys=[gone.pk])
        before = Partner.objects.count()
        aside.write()
    with bulk.kept_aside():
        bulk.insert(model=Partner, fields=FIELDS, rows=[partner(3, "Never")])

    names = Partner.objects.order_by("pk").values_list("name", "created_at")
    assert before == 2
    assert list(names) == [("X", NOW), ("P1", NOW), ("P2", NOW)]
    assert User.objects.get(pk=user.pk).public_id == uuid.UUID(int=7)

"""The clock of the rules, and the folded copy of names."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from partners.models import Partner
from portal import clock
from portal.fields import FoldedField, fold
from tests.factories import PartnerFactory

JUNE_2021 = datetime(2021, 6, 1, 12, 0, tzinfo=UTC)


def test_clock_runs_in_real_time(settings):
    settings.PORTAL_NOW = None

    assert abs(clock.now() - timezone.now()) < timedelta(seconds=60)
    assert clock.now().tzinfo == UTC


def test_clock_of_a_demo_may_stand_still(settings):
    settings.PORTAL_NOW = JUNE_2021

    assert clock.now() == JUNE_2021


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Contoso", "contoso"),
        ("Åkermans", "åkermans"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("ΟΔΥΣΣΕΥΣ", "οδυσσευσ"),
        ("Привет", "привет"),
        ("株式会社", "株式会社"),
        ("İstanbul", "istanbul"),
        ("Irmak ırmak", "irmak irmak"),
        ("  Two \u00a0 blanks\u200b ", "two blanks"),
        ("Cafe\u0301", "caf\u00e9"),
        ("ﬁ", "fi"),
        ("\ufdfa" * 20, fold("\ufdfa" * 20)),
    ],
)
def test_folded_name_is_written_with_the_name(name, folded):
    partner = PartnerFactory(name=name)

    assert Partner.objects.get(pk=partner.pk).name_folded == folded


@pytest.mark.django_db
def test_folded_name_follows_the_name_when_it_is_saved():
    partner = PartnerFactory(name="Contoso")

    partner.name = "FABRIKAM"
    partner.save(update_fields=["name", "name_folded"])

    assert Partner.objects.get(pk=partner.pk).name_folded == "fabrikam"


@pytest.mark.django_db
def test_folded_name_is_written_in_bulk_too():
    Partner.objects.bulk_create([PartnerFactory.build(name="CONTOSO")])

    assert Partner.objects.get().name_folded == "contoso"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("con", ["Contoso"]),
        ("CON", ["Contoso"]),
        ("  con ", ["Contoso"]),
        ("ÅKER", ["Åkermans"]),
        ("при", ["Привет"]),
        ("toso", []),
        ("%", []),
        ("_", []),
    ],
)
def test_names_are_found_by_their_beginning_in_any_script(typed, found):
    for name in ("Contoso", "Åkermans", "Привет"):
        PartnerFactory(name=name)

    assert [p.name for p in Partner.objects.name_begins_with(typed)] == found


def test_folded_field_can_be_written_into_a_migration():
    name, path, args, kwargs = FoldedField(source="title").deconstruct()

    assert (name, path, args, kwargs) == (
        None,
        "portal.fields.FoldedField",
        [],
        {"max_length": 240, "source": "title"},
    )

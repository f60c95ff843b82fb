"""Countries and time zones as forms offer them."""

from datetime import date

import pytest
from django.utils import timezone, translation

from portal import places


@pytest.mark.parametrize(
    ("language", "code", "name"),
    [
        ("en", "SE", "Sweden"),
        ("en", "HU", "Hungary"),
        ("en", "TW", "Taiwan"),
        ("sv", "SE", "Sverige"),
        ("hu", "HU", "Magyarország"),
        ("zh-hans", "SE", "瑞典"),
        ("en", "??", "??"),
    ],
)
def test_country_is_named_in_the_users_language(language, code, name):
    with translation.override(language):
        assert places.country_name(code) == name


def test_countries_are_listed_by_name_without_regions_of_the_world():
    codes = [code for code, _name in places.countries()]
    names = [name.casefold() for _code, name in places.countries()]

    assert names == sorted(names)
    assert {"EU", "UN", "ZZ", "001", "IC", "AC"} & set(codes) == set()


@pytest.mark.parametrize(
    ("day", "label"),
    [
        (date(2026, 11, 20), "(UTC+01:00) Europe/Stockholm"),
        (date(2026, 7, 1), "(UTC+02:00) Europe/Stockholm"),
    ],
)
def test_time_zone_is_labelled_with_the_days_offset(day, label):
    assert dict(places.time_zones(on=day))["Europe/Stockholm"] == label


@pytest.mark.parametrize(
    ("browsers", "listed"),
    [
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("Europe/Stockholm", "Europe/Stockholm"),
        ("UTC", "UTC"),
        ("Etc/UTC", "UTC"),
        ("GMT", "UTC"),
        ("Mars/Olympus", "Mars/Olympus"),
    ],
)
def test_time_zone_of_a_browser_is_found_under_its_present_name(browsers, listed):
    assert places.listed_zone(browsers) == listed


def test_time_zone_without_any_setting_is_listed():
    listed = dict(places.time_zones(on=date(2026, 11, 20)))

    assert places.listed_zone(timezone.get_default_timezone_name()) in listed


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("UTC", "(UTC+00:00) UTC"),
        ("Asia/Kathmandu", "(UTC+05:45) Asia/Kathmandu"),
        ("America/St_Johns", "(UTC-03:30) America/St Johns"),
    ],
)
def test_time_zone_is_spoken_with_its_offset(name, label):
    assert dict(places.time_zones(on=date(2026, 11, 20)))[name] == label


def test_time_zones_run_from_west_to_east():
    labels = [label for _name, label in places.time_zones(on=date(2026, 11, 20))]

    assert labels[0].startswith("(UTC-11:00)")
    assert labels[-1].startswith("(UTC+14:00)")
    assert [label for label in labels if "Etc/" in label] == []

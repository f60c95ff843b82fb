"""The catalogue and the N-1 rule, on several days."""

from datetime import date

import pytest

from support import products
from support.products import CATALOGUE, find, version_refusal, versions_of
from tests.stories import product

CLOUD_FAMILIES = ["Azure", "Microsoft 365", "Dynamics 365", "Enterprise Mobility + Security"]

# The versions that included on-premises plans cover on a day, newest first.
COVERED = {
    date(2021, 6, 1): {
        "Windows Server": ["2019", "2016"],
        "Windows": ["10"],
        "SQL Server": ["2019", "2017"],
        "Exchange Server": ["2019"],
        "SharePoint Server": ["2019", "2016"],
        "Office": ["2019"],
        "Dynamics CRM": [],
    },
    date(2021, 10, 5): {
        "Windows Server": ["2022", "2019"],
        "Windows": ["11", "10"],
        "SQL Server": ["2019", "2017"],
        "Exchange Server": ["2019"],
        "SharePoint Server": ["2019"],
        "Office": ["LTSC 2021", "2019"],
        "Dynamics CRM": [],
    },
    date(2025, 10, 14): {
        "Windows Server": ["2025", "2022"],
        "Windows": ["11", "10"],
        "SQL Server": ["2022"],
        "Exchange Server": ["Subscription Edition"],
        "SharePoint Server": ["Subscription Edition"],
        "Office": ["LTSC 2024", "LTSC 2021"],
        "Dynamics CRM": [],
    },
    date(2025, 10, 15): {
        "Windows Server": ["2025", "2022"],
        "Windows": ["11"],
        "SQL Server": ["2022"],
        "Exchange Server": ["Subscription Edition"],
        "SharePoint Server": ["Subscription Edition"],
        "Office": ["LTSC 2024", "LTSC 2021"],
        "Dynamics CRM": [],
    },
    date(2026, 11, 20): {
        "Windows Server": ["2025"],
        "Windows": ["11"],
        "SQL Server": ["2025", "2022"],
        "Exchange Server": ["Subscription Edition"],
        "SharePoint Server": ["Subscription Edition"],
        "Office": ["LTSC 2024"],
        "Dynamics CRM": [],
    },
}


# --- the catalogue ---------------------------------------------------------------------------


def test_catalogue_has_every_family_of_the_program_in_its_order():
    assert products.families() == [*COVERED[date(2021, 6, 1)], *CLOUD_FAMILIES]


@pytest.mark.parametrize(
    ("portal", "families"),
    [
        ("azure", ["Azure"]),
        ("microsoft365", ["Microsoft 365", "Enterprise Mobility + Security"]),
        ("dynamics365", ["Dynamics 365"]),
        ("lifecycle-services", ["Dynamics 365"]),
        ("support_for_business", list(COVERED[date(2021, 6, 1)])),
        ("elsewhere", []),
    ],
)
def test_families_of_a_portal_are_those_it_supports(portal, families):
    assert products.families(portal=portal) == families


def test_catalogue_names_each_version_once():
    names = [(p.family, p.version) for p in CATALOGUE]

    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize(
    ("on", "versions"),
    [
        (date(2018, 11, 12), ["2016"]),
        (date(2018, 11, 13), ["2019", "2016"]),
        (date(2021, 8, 17), ["2019", "2016"]),
        (date(2021, 8, 18), ["2022", "2019", "2016"]),
        (date(2026, 11, 20), ["2025", "2022", "2019", "2016"]),
    ],
)
def test_version_that_is_not_released_is_not_offered(on, versions):
    assert [p.version for p in versions_of("Windows Server", on=on)] == versions


@pytest.mark.parametrize(("on", "found"), [(date(2021, 10, 4), False), (date(2021, 10, 5), True)])
def test_version_is_found_from_its_release_on(on, found):
    assert (find("Windows", "11", on=on) is not None) is found


@pytest.mark.parametrize(
    ("family", "version"), [("Windows", "95"), ("BeOS", "5"), ("Azure", "10"), ("", "")]
)
def test_unknown_product_is_not_found(family, version):
    assert find(family, version, on=date(2026, 11, 20)) is None


# --- N-1 -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "family", "covered"),
    [(on, family, versions) for on, table in COVERED.items() for family, versions in table.items()],
)
def test_covered_versions_are_the_newest_two_while_in_mainstream_support(on, family, covered):
    assert [p.version for p in products.covered_versions(family, on=on)] == covered


@pytest.mark.parametrize("on", COVERED)
def test_every_version_that_is_not_covered_is_refused(on):
    refused = [
        (p.family, p.version)
        for p in CATALOGUE
        if p.is_released(on=on) and version_refusal(p, on=on) is not None
    ]

    assert refused == [
        (p.family, p.version)
        for p in CATALOGUE
        if p.is_released(on=on) and not p.is_cloud and p.version not in COVERED[on][p.family]
    ]


@pytest.mark.parametrize("family", CLOUD_FAMILIES)
def test_cloud_service_is_covered_on_any_day(family):
    services = [p for p in CATALOGUE if p.family == family]

    assert [version_refusal(p, on=date(2016, 1, 1)) for p in services] == [None] * len(services)


@pytest.mark.parametrize(
    ("version", "on", "covered"),
    [
        # N-1 until the day before the release that makes it N-2.
        ("2016", date(2021, 8, 17), True),
        ("2016", date(2021, 8, 18), False),
        # The last day of mainstream support is included.
        ("2019", date(2024, 1, 9), True),
        ("2019", date(2024, 1, 10), False),
        # Not before it is released.
        ("2022", date(2021, 8, 17), False),
        ("2022", date(2021, 8, 18), True),
    ],
)
def test_windows_server_is_covered_up_to_the_last_day(version, on, covered):
    assert products.is_covered(product("Windows Server", version), on=on) is covered


# --- what is said ----------------------------------------------------------------------------


def refusal_of(family, version, *, on):
    """Return why the version is not covered."""
    refusal = version_refusal(product(family, version), on=on)
    assert refusal is not None
    return refusal


def test_version_past_mainstream_support_says_when_it_ended_and_what_passes():
    refusal = refusal_of("SQL Server", "2019", on=date(2026, 11, 20))

    assert refusal.explanation.as_dict() == {
        "code": "product_not_supported",
        "message": "SQL Server 2019 is not covered: its mainstream support ended on "
        "28 February 2025. Covered are the newest version and the one before it (N-1), while in "
        "mainstream support.",
        "facts": {
            "family": "SQL Server",
            "version": "2019",
            "mainstreamEndsOn": "2025-02-28",
            "versionsThatPass": ["2025", "2022"],
            "legacyCode": "Code: 8",
        },
        "nextStep": {
            "text": "Covered today: SQL Server 2025 and SQL Server 2022. A paid plan covers any "
            "version.",
            "url": None,
            "people": [],
        },
    }


def test_version_older_than_n_1_says_so_although_its_mainstream_support_runs():
    refusal = refusal_of("SQL Server", "2016", on=date(2021, 6, 1))

    assert refusal.message == (
        "SQL Server 2016 is not covered: only the newest version and the one before it (N-1) "
        "are, while in mainstream support."
    )
    assert refusal.explanation.facts["versionsThatPass"] == ["2019", "2017"]


def test_family_without_covered_version_says_so():
    refusal = refusal_of("Dynamics CRM", "2016", on=date(2026, 11, 20))

    assert refusal.explanation.facts["versionsThatPass"] == []
    assert refusal.explanation.as_dict()["nextStep"] == {
        "text": "No version of Dynamics CRM is covered today. A paid plan covers any version: "
        "compare the partner support plans.",
        "url": "/support/partnersupport",
        "people": [],
    }


def test_windows_10_says_that_the_guide_of_2021_names_it():
    refusal = refusal_of("Windows", "10", on=date(2025, 10, 15))

    assert refusal.message == (
        "Windows 10 is not covered: its mainstream support ended on 14 October 2025. Covered are "
        "the newest version and the one before it (N-1), while in mainstream support. The guide "
        "of 2021 names it as the product to look remaining incidents up with; today they show "
        "with every product."
    )
    assert refusal.explanation.facts["versionsThatPass"] == ["11"]

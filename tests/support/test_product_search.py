"""Products found by what people type: forgiving, never guessing."""

from datetime import date

import pytest

from support.product_search import OTHER, find_by_name, offered

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Windows Server 2025", "Windows Server 2025"),
        ("  windows-server   2025 ", "Windows Server 2025"),
        ("Ｗｉｎｄｏｗｓ　Ｓｅｒｖｅｒ　２０２５", "Windows Server 2025"),
        ("2025 windows server", "Windows Server 2025"),
        ("sql 2022", "SQL Server 2022"),
        ("Azure · Virtual Machines", "Azure · Virtual Machines"),
        ("azure virtual", "Azure · Virtual Machines"),
        ("TEAMS", "Microsoft 365 · Teams"),
        ("Windows 11", "Windows 11"),
        ("other", "Other"),
    ],
)
def test_product_is_found_by_what_people_type(typed, name):
    found = find_by_name(typed, on=TODAY)

    assert (found.product and found.product.name, found.several) == (name, ())


@pytest.mark.parametrize(
    ("typed", "several"),
    [
        (
            "exchange",
            [
                *("Exchange Server Subscription Edition", "Exchange Server 2019"),
                *("Exchange Server 2016", "Microsoft 365 · Exchange Online"),
            ],
        ),
        ("Office LTSC", ["Office LTSC 2024", "Office LTSC 2021"]),
    ],
)
def test_product_that_may_be_several_is_not_guessed(typed, several):
    found = find_by_name(typed, on=TODAY)

    assert (found.product, [p.name for p in found.several]) == (None, several)


@pytest.mark.parametrize("typed", ["", "  ", "·", "Windows Server 2099", "Photoshop", "x" * 500])
def test_product_that_is_not_there_is_not_found(typed):
    found = find_by_name(typed, on=TODAY)

    assert (found.product, found.several) == (None, ())


def test_product_that_came_later_is_not_offered():
    on = date(2021, 6, 1)

    assert find_by_name("Windows Server 2022", on=on).product is None
    assert offered(on=on)[-1] == OTHER

"""
Every product of the catalogue, with every kind of plan, on the days on which something changes.

What must come out is worked out here from the tables of facts alone, by a small oracle of its own.
"""

import csv
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from benefits.allotments import Level, MembershipKind
from support import coverage, products
from tests.entitlement_factory import EntitlementFactory

ROOT = Path(__file__).parents[2]

DAYS = [
    date(2021, 6, 1),
    # The last days of mainstream support, each with the day after, and releases between.
    date(2021, 7, 13),
    date(2021, 7, 14),
    date(2021, 8, 17),
    date(2021, 8, 18),
    date(2021, 10, 5),
    date(2022, 1, 11),
    date(2022, 1, 12),
    date(2024, 1, 9),
    date(2024, 1, 10),
    date(2025, 10, 14),
    date(2025, 10, 15),
    date(2025, 11, 18),
    date(2026, 10, 13),
    date(2026, 10, 14),
    date(2026, 11, 20),
]


def rows(path):
    """Return the rows of a table of facts."""
    with (ROOT / path).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


CATALOGUE = rows("support/data/products.csv")
INCLUDED = rows("benefits/data/entitlements.csv")
SOLD = rows("benefits/data/partner_support_plans.csv")


def of_membership(package, *, cloud=""):
    """Return the incident plans of a membership, as its table has them."""
    return [
        row
        for row in INCLUDED
        if (row["package"], row["cloud_competency"], row["unit"]) == (package, cloud, "INCIDENT")
    ]


def of_purchase(name):
    """Return the plan that is sold by this name, as its table has it."""
    (row,) = [row for row in SOLD if row["plan_name"] == name]
    return [{**row, "package": ""}]


HELD = {
    "Action Pack": of_membership("ACTION_PACK"),
    "Silver hybrid": of_membership("SILVER", cloud="no"),
    "Silver cloud": of_membership("SILVER", cloud="yes"),
    "Gold hybrid": of_membership("GOLD", cloud="no"),
    "Gold cloud": of_membership("GOLD", cloud="yes"),
    "Advanced": of_purchase("Advanced Support for Partners"),
    "Premier": of_purchase("Premier Support for Partners"),
    "Gold hybrid and Premier": [
        *of_purchase("Premier Support for Partners"),
        *of_membership("GOLD", cloud="no"),
    ],
}


# --- the oracle ------------------------------------------------------------------------------


def day_of(text):
    """Return the day in a cell, or None."""
    return date.fromisoformat(text) if text else None


def out_by(day, *, family):
    """Return the family's versions that were released by the day, the newest first."""
    dated = [row for row in CATALOGUE if row["family"] == family and row["released_on"]]
    out = [row for row in dated if row["released_on"] <= day.isoformat()]
    return sorted(out, key=lambda row: row["released_on"], reverse=True)


def passes_n_1(product, day):
    """Whether it is the newest version or the one before, and in mainstream support that day."""
    end = day_of(product["mainstream_ends_on"])
    return product in out_by(day, family=product["family"])[:2] and (end is None or day <= end)


def reason(plan, product, day):
    """Return why the plan does not pay for the product that day; "" when it does."""
    if plan["scope"] not in ("ALL", product["scope"]):
        is_pack = plan["package"] == "ACTION_PACK"
        return "plan_not_included" if is_pack else "plan_wrong_scope"
    if plan["benefit"] == "MICROSOFT_PRODUCT_SUPPORT" and not passes_n_1(product, day):
        return "product_not_supported"
    return ""


def expected(held, product, day):
    """Return the name of the plan that pays, else the first reason, as the rules have it."""
    limited_first = sorted(held, key=lambda plan: plan["allotment"] == "unlimited")
    told = {plan["plan_name"]: reason(plan, product, day) for plan in limited_first}
    paying = [name for name, why in told.items() if not why]
    # What is not even for products of this kind says less than what is.
    order = ["product_not_supported", "plan_not_included", "plan_wrong_scope"]
    return paying[0] if paying else min(told.values(), key=order.index)


# --- the code --------------------------------------------------------------------------------


def entitlements(held, day):
    """Return the plans as an account reads them that day: active, linked, ending together."""
    noon = datetime.combine(day, time(12), tzinfo=UTC)
    return [
        EntitlementFactory(
            at=noon,
            starts_at=noon - timedelta(days=100),
            contract_starts_at=noon - timedelta(days=90),
            ends_at=noon + timedelta(days=100),
            activate_by=noon + timedelta(days=100),
            plan_name=plan["plan_name"],
            benefit=plan["benefit"],
            scope=plan["scope"],
            allotment=None if plan["allotment"] == "unlimited" else int(plan["allotment"]),
            balance=None if plan["allotment"] == "unlimited" else int(plan["allotment"]),
            kind=kind_of(plan["package"]),
            level=Level(plan["package"]) if plan["package"] in Level.values else None,
        )
        for plan in held
    ]


def kind_of(package):
    """Return the kind of the membership that the plan comes with; none when it was bought."""
    if not package:
        return None
    is_pack = package == "ACTION_PACK"
    return MembershipKind.ACTION_PACK if is_pack else MembershipKind.CORE


def answered(plans, product, day):
    """Return what the portal says: the plan that pays, or the code of the reason."""
    about = products.find(product["family"], product["version"], on=day)
    assert about is not None
    in_order = coverage.candidates(plans, product=about)
    verdict = coverage.verdict(in_order, product=about)
    if verdict.payer is not None:
        return verdict.payer.plan_name
    assert verdict.refusal is not None
    return verdict.refusal.code


def offered(day):
    """Return the products that are out by the day; cloud services always are."""
    return [
        row for row in CATALOGUE if not row["released_on"] or row["released_on"] <= day.isoformat()
    ]


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize("held", HELD.values(), ids=HELD)
def test_plan_that_pays_or_the_first_reason_is_as_the_tables_say(held, day):
    plans = entitlements(held, day)
    on_sale = offered(day)

    found = {(p["family"], p["version"]): answered(plans, p, day) for p in on_sale}

    assert found == {(p["family"], p["version"]): expected(held, p, day) for p in on_sale}


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_version_that_is_not_out_yet_is_not_offered(day):
    absent = [p for p in CATALOGUE if p not in offered(day)]

    assert [products.find(p["family"], p["version"], on=day) for p in absent] == [None] * len(
        absent
    )


@pytest.mark.parametrize(
    ("name", "product", "day", "answer"),
    [
        # By hand, so that the oracle is held to something too.
        ("Gold hybrid", ("Windows", "10"), date(2021, 6, 1), "Partner support Gold 20pack"),
        ("Gold hybrid", ("Windows", "10"), date(2026, 11, 20), "product_not_supported"),
        ("Silver cloud", ("Azure", "App Service"), date(2021, 6, 1), "Signature Cloud Support"),
        ("Action Pack", ("Azure", "App Service"), date(2021, 6, 1), "plan_not_included"),
        ("Advanced", ("Windows", "11"), date(2026, 11, 20), "plan_wrong_scope"),
        (
            "Advanced",
            ("Microsoft 365", "Teams"),
            date(2026, 11, 20),
            "Advanced Support for Partners",
        ),
        ("Premier", ("Dynamics CRM", "2015"), date(2026, 11, 20), "Premier Support for Partners"),
        (
            "Gold hybrid and Premier",
            ("SQL Server", "2016"),
            date(2021, 7, 14),
            "Premier Support for Partners",
        ),
        (
            "Gold hybrid and Premier",
            ("Windows Server", "2025"),
            date(2026, 11, 20),
            "Partner support Gold 20pack",
        ),
    ],
)
def test_oracle_says_what_the_rules_say_by_hand(name, product, day, answer):
    (row,) = [p for p in CATALOGUE if (p["family"], p["version"]) == product]

    assert expected(HELD[name], row, day) == answer

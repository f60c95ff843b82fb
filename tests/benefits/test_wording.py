"""What a plan says about itself in each state: number, line, badges, what staff read out."""

from datetime import UTC, date, datetime

import pytest

from benefits import speech, wording
from benefits.allotments import Scope
from benefits.wording import Badge, Summary
from tests.entitlement_factory import EntitlementFactory
from tests.factories import ENDS_AT, USED_AT

SCHEDULED = {"not_activated": True, "starts_at": datetime(2026, 12, 1, tzinfo=UTC)}
ENDED = {"ends_at": datetime(2026, 1, 14, tzinfo=UTC), "balance": 4, "used": 16}
ENDING = {"at": datetime(2026, 12, 20, 9, 0, tzinfo=UTC), "balance": 17, "used": 3}
LAST_DAY = {"at": datetime(2027, 1, 13, 9, 0, tzinfo=UTC), "balance": 17, "used": 3}
ACTIVE = Badge("good", "Active")
NOT_ACTIVATED = Badge("waiting", "Not activated")


# --- number, line, badges --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("traits", "number", "line", "badges"),
    [
        (SCHEDULED, "20", "from 1 Dec 2026", [Badge("neutral", "Starts later")]),
        (
            {"not_activated": True},
            "20",
            "incidents after activation · activate by 13 Jan 2027",
            [NOT_ACTIVATED],
        ),
        (
            {"pending": True},
            "20",
            "requested 18 Nov 2026 by Ana Berg · ready by 23 Nov 2026",
            [Badge("waiting", "Pending")],
        ),
        (
            {"balance": 17, "used": 3},
            "17",
            "of 20 left · ends 13 Jan 2027, in 54 days",
            [ACTIVE],
        ),
        (
            {"advisory": True, "balance": 44, "used": 6},
            "44",
            "of 50 hours left · ends 13 Jan 2027, in 54 days",
            [ACTIVE],
        ),
        (
            {"advisory": True, "used_up": True},
            "0",
            "of 50 hours left · since 17 Nov 2026 · ends 13 Jan 2027",
            [Badge("danger", "Used up")],
        ),
        (
            {"balance": 3, "used": 17},
            "3",
            "of 20 left · ends 13 Jan 2027, in 54 days",
            [Badge("warning", "Few left")],
        ),
        (
            ENDING,
            "17",
            "of 20 left · ends 13 Jan 2027, in 24 days",
            [ACTIVE, Badge("warning", "Ends in 24 days")],
        ),
        (
            LAST_DAY,
            "17",
            "of 20 left · ends 13 Jan 2027, today",
            [ACTIVE, Badge("warning", "Ends today")],
        ),
        (
            {"cloud": True, "used_up": True},
            "0",
            "of 10 left · since 17 Nov 2026, request 261117000000042 · ends 13 Jan 2027",
            [Badge("danger", "Used up")],
        ),
        (ENDED, "0", "ended 13 Jan 2026 · 4 of 20 were unused", [Badge("muted", "Ended")]),
        (
            {**ENDED, "upgraded_on": date(2026, 1, 14)},
            "0",
            "ended 13 Jan 2026, replaced by Gold · 4 of 20 were unused",
            [Badge("muted", "Ended")],
        ),
        (
            {**ENDED, "balance": 1, "used": 19},
            "0",
            "ended 13 Jan 2026 · 1 of 20 was unused",
            [Badge("muted", "Ended")],
        ),
        (
            {"not_activated": True, "ends_at": ENDED["ends_at"]},
            "0",
            "ended 13 Jan 2026 · never activated",
            [Badge("muted", "Ended")],
        ),
        (
            {"unlimited": True, "used": 4},
            "Unlimited",
            "4 used since 20 Dec 2025 · ends 13 Jan 2027, in 54 days",
            [ACTIVE],
        ),
        (
            {"unlimited": True, "used": 4, "ends_at": ENDED["ends_at"]},
            "0",
            "ended 13 Jan 2026 · 4 were used",
            [Badge("muted", "Ended")],
        ),
    ],
)
def test_summary_by_state(traits, number, line, badges):
    assert wording.summary(EntitlementFactory(**traits)) == Summary(number, line, tuple(badges))


@pytest.mark.parametrize(
    ("traits", "title", "source", "package"),
    [
        ({}, "On-premises support incidents", "Gold competency", "Gold"),
        ({"silver": True}, "On-premises support incidents", "Silver competency", "Silver"),
        ({"action_pack": True}, "On-premises support incidents", "Action Pack", "Action Pack"),
        ({"cloud": True}, "Cloud support incidents", "Gold competency", "Gold"),
        (
            {"bought": True},
            "Support for all products",
            "Bought",
            "Premier Support for Partners",
        ),
        ({"advisory": True}, "Technical presales and deployment", "Gold competency", "Gold"),
    ],
)
def test_title_and_source_say_the_scope_before_the_brand(traits, title, source, package):
    plan = EntitlementFactory(**traits)

    assert (wording.title(plan), wording.source(plan), wording.package_name(plan)) == (
        title,
        source,
        package,
    )


@pytest.mark.parametrize(
    ("traits", "units", "amount"),
    [
        ({"balance": 17}, "17 incidents remaining", "17 on-premises incidents"),
        ({"balance": 1}, "1 incident remaining", "1 on-premises incident"),
        ({"used_up": True}, "0 incidents remaining", "0 on-premises incidents"),
        ({"cloud": True, "balance": 1}, "1 incident remaining", "1 cloud incident"),
        ({"unlimited": True}, "unlimited incidents", "unlimited cloud support"),
        ({"bought": True}, "unlimited incidents", "unlimited support for all products"),
        ({"advisory": True, "balance": 48}, "48 hours remaining", "48 hours of advice"),
        ({"advisory": True, "balance": 1}, "1 hour remaining", "1 hour of advice"),
        ({"not_activated": True}, "20 incidents remaining", "20 on-premises incidents"),
    ],
)
def test_amounts_have_number_unit_and_scope(traits, units, amount):
    plan = EntitlementFactory(**traits)

    assert (wording.units_remaining(plan), wording.amount(plan)) == (units, amount)


@pytest.mark.parametrize(
    ("traits", "words"),
    [
        ({"used": 3}, "3 used of 20"),
        ({"used": 3, "adjusted": 5}, "3 used of 25"),
        ({"unlimited": True, "used": 4}, "4 used"),
    ],
)
def test_words_beside_the_bar_count_what_is_used(traits, words):
    assert wording.used_of_total(EntitlementFactory(**traits)) == words


# --- the headline ----------------------------------------------------------------------------

GOLD, PACK = {"package_id": 1}, {"package_id": 2, "action_pack": True}


@pytest.mark.parametrize(
    ("plans", "headline"),
    [
        ([], ""),
        (
            [{**GOLD, "balance": 17}, {**GOLD, "unlimited": True}],
            "17 on-premises incidents and unlimited cloud support until 13 January 2027",
        ),
        (
            [{**GOLD, "balance": 17}, {**GOLD, "cloud": True, "used_up": True}],
            "17 on-premises incidents and 0 cloud incidents until 13 January 2027",
        ),
        (
            [{**GOLD, "used_up": True}, {**GOLD, "cloud": True, "used_up": True}],
            "No incidents left; the contract ends on 13 January 2027",
        ),
        (
            [{**GOLD, "silver": True}, PACK],
            (
                "15 on-premises incidents from Silver until 13 January 2027; "
                "10 on-premises incidents from Action Pack until 13 January 2027"
            ),
        ),
        (
            [{**GOLD, "not_activated": True}, {**GOLD, "unlimited": True, "not_activated": True}],
            (
                "20 on-premises incidents and unlimited cloud support, to be activated by "
                "13 January 2027"
            ),
        ),
        ([{**GOLD, "pending": True}], "20 on-premises incidents, ready by 23 November 2026"),
        ([{"bought": True}], "Unlimited support for all products until 13 January 2027"),
        ([{**GOLD, **SCHEDULED}], "20 on-premises incidents from 1 December 2026"),
        ([{**GOLD, **ENDED}], ""),
        ([{**GOLD, "advisory": True}], ""),
        (
            [{**GOLD, "balance": 17}, {**PACK, "not_activated": True}],
            "17 on-premises incidents until 13 January 2027",
        ),
    ],
)
def test_headline_speaks_of_each_package_and_never_sums(plans, headline):
    assert wording.headline([EntitlementFactory(**traits) for traits in plans]) == headline


# --- the line staff read out -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("plans", "line"),
    [
        ([], "There is no support plan."),
        ([{"advisory": True}], "There is no support plan."),
        (
            [{"balance": 17}, {"unlimited": True}],
            (
                "17 of 20 on-premises incidents left until 13 January. "
                "Cloud is unlimited until 13 January."
            ),
        ),
        ([{"balance": 3}], "Only 3 of 20 on-premises incidents left until 13 January."),
        (
            [{"cloud": True, "used_up": True}, {"balance": 12}],
            "None left since Tuesday; cloud needs a paid plan. On-premises 12 left.",
        ),
        (
            [{"used_up": True}, {"cloud": True, "used_up": True}],
            (
                "None left since Tuesday; cloud needs a paid plan. "
                "On-premises none left since Tuesday."
            ),
        ),
        ([{"used_up": True}], "No on-premises incidents left since Tuesday."),
        (
            [{"not_activated": True, "activators": ("Ana Berg", "Li Wei")}],
            (
                "Your company has 20 on-premises incidents but hasn't activated them. "
                "Ana Berg or Li Wei can."
            ),
        ),
        (
            [{"not_activated": True}],
            (
                "Your company has 20 on-premises incidents but hasn't activated them, and nobody "
                "there can yet: a Global admin has to give somebody the role."
            ),
        ),
        ([{"pending": True}], "Requested on the 18th, ready by the 23rd."),
        ([SCHEDULED], "Starts on 1 December."),
        (
            [ENDED],
            "Ended on 13 January 2026; 4 unused incidents lapsed.",
        ),
        (
            [{**ENDED, "balance": 1, "used": 19}],
            "Ended on 13 January 2026; 1 unused incident lapsed.",
        ),
        (
            [ENDED, {"cloud": True, **ENDED, "balance": 3}],
            (
                "Ended on 13 January 2026; 4 unused on-premises incidents and 3 cloud incidents "
                "lapsed."
            ),
        ),
        (
            [ENDED, {"unlimited": True, **ENDED, "balance": None}],
            "Ended on 13 January 2026; 4 unused incidents lapsed.",
        ),
        ([{**ENDED, "balance": 0, "used": 20}], "Ended on 13 January 2026."),
        (
            [{"unlimited": True, "ends_at": USED_AT}],
            "Ended on 2 March.",
        ),
        ([{"bought": True}], "Support for all products is unlimited until 13 January."),
        ([{"bought": True, "scope": "CLOUD"}], "Cloud is unlimited until 13 January."),
        (
            [{"bought": True, "ends_at": USED_AT}],
            "Ended on 2 March.",
        ),
    ],
)
def test_say_is_what_staff_read_out(plans, line):
    assert speech.say([EntitlementFactory(**traits) for traits in plans]) == line


# --- what a linked contract is good for ------------------------------------------------------


@pytest.mark.parametrize(
    ("traits", "sentence"),
    [
        ({"balance": 17}, "17 of 20 on-premises incidents left until 13 January 2027."),
        ({"cloud": True, "balance": 1}, "1 of 10 cloud incidents left until 13 January 2027."),
        ({"unlimited": True}, "Unlimited cloud incidents until 13 January 2027."),
        ({"bought": True}, "Unlimited incidents for all products until 13 January 2027."),
        (
            {"bought": True, "starts_at": ENDS_AT, "contract_starts_at": ENDS_AT},
            "Premier Support for Partners can be used from 14 Jan 2027, 00:00.",
        ),
        (
            {"used_up": True},
            "Partner support Gold 20pack is used up; the contract ends on 13 January 2027.",
        ),
        (
            ENDED,
            (
                "Partner support Gold 20pack ended on 13 January 2026. Ask its partner for the IDs "
                "of a current contract, or compare plans."
            ),
        ),
        (
            {"pending": True},
            "Partner support Gold 20pack can be used from 23 Nov 2026, 09:00.",
        ),
    ],
)
def test_good_for_says_what_a_linked_plan_is_worth(traits, sentence):
    assert wording.good_for(EntitlementFactory(**traits)) == sentence


def test_linked_contract_says_who_owns_it_and_what_it_is_good_for():
    plans = [EntitlementFactory(unlimited=True), EntitlementFactory(balance=17)]

    assert wording.linked(plans, is_new=True) == (
        "Contoso's contract is linked to your account. "
        "17 of 20 on-premises incidents left until 13 January 2027. "
        "Unlimited cloud incidents until 13 January 2027."
    )


def test_contract_linked_before_says_since_when():
    assert wording.linked([EntitlementFactory(balance=17)], is_new=False) == (
        "This contract is already linked, since 20 December 2025; you can create a request now. "
        "17 of 20 on-premises incidents left until 13 January 2027."
    )


def test_contract_linked_before_that_has_ended_says_so():
    assert wording.linked([EntitlementFactory(**ENDED)], is_new=False) == (
        "This contract is already linked, since 20 December 2025. "
        "Partner support Gold 20pack ended on 13 January 2026. Ask its partner for the IDs of a "
        "current contract, or compare plans."
    )


def test_linked_action_pack_says_that_it_has_no_cloud_support():
    assert wording.linked([EntitlementFactory(action_pack=True)], is_new=True) == (
        "Contoso's contract is linked to your account. "
        "10 of 10 on-premises incidents left until 13 January 2027. "
        "Action Pack has no cloud support."
    )


def test_contract_linked_before_promises_no_request_where_nothing_of_it_pays():
    plans = [EntitlementFactory(balance=17)]

    assert wording.linked(plans, is_new=False, scope=Scope.CLOUD) == (
        "This contract is already linked, since 20 December 2025. "
        "17 of 20 on-premises incidents left until 13 January 2027."
    )

"""Benefits page, staff card and API say the same of every plan, in every state."""

from datetime import timedelta

import pytest
from django.urls import reverse

from benefits.models import Plan
from portal.sentences import one_of
from tests.api.calls import session_caller
from tests.api.resources import answered, client_at, everything, staff_client
from tests.pages.shown import explanation_in, on_benefits_page, on_staff_card
from tests.pages.states import STATES
from tests.pages.test_agreement import PARTNERS, plans, reader_at, staff_card, tile
from tests.pages.visits import TECHNICAL, visit
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

# Few left and the last days are badges of pages; to clients they are numbers and dates.
BADGES = {
    "NOT_ACTIVATED": {"Not activated"},
    "PENDING": {"Pending"},
    "SCHEDULED": {"Starts later"},
    "ACTIVE": {"Active", "Few left"},
    "EXHAUSTED": {"Used up"},
    "EXPIRED": {"Ended"},
}


def read(caller, plan):
    """Return the plan as the API answers it."""
    return answered(caller.get(f"entitlements/{plan.public_id}"))


def callers(mpn_id):
    """Return those who ask: the partner's client, one of its accounts, a client of the staff."""
    return [client_at(mpn_id), session_caller(reader_at(mpn_id)), staff_client()]


def number_of(found):
    """Return the large number that pages show of what the API answered."""
    if found["unlimited"] and found["status"] != "EXPIRED":
        return "Unlimited"
    waiting = found["status"] in ("NOT_ACTIVATED", "PENDING", "SCHEDULED")
    return str(found["allotment"] if waiting else found["remaining"])


def words_of(explanation):
    """Return code and words of an explanation, as pages write them."""
    if explanation is None:
        return ("", "")
    step = explanation["nextStep"]
    people = [one_of(step["people"])] if step["people"] else []
    return explanation["code"], " ".join([explanation["message"], step["text"], *people])


def test_plans_of_the_partners_here_are_all_of_the_world():
    held = [plan.pk for mpn_id in PARTNERS for plan in plans(mpn_id)]

    assert sorted(held) == sorted(Plan.objects.values_list("pk", flat=True))


@pytest.mark.parametrize("mpn_id", PARTNERS)
def test_api_says_the_same_to_client_session_and_staff_but_for_the_link(mpn_id):
    for plan in plans(mpn_id):
        found = [read(caller, plan) | {"linked": None} for caller in callers(mpn_id)]
        assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("mpn_id", PARTNERS)
def test_api_page_and_card_show_the_same_number_and_status_of_each_plan(mpn_id):
    page, card, caller = visit(reader_at(mpn_id), TECHNICAL), staff_card(mpn_id), client_at(mpn_id)

    for plan in plans(mpn_id):
        found = read(caller, plan)
        for shown in (on_benefits_page(page, plan), on_staff_card(card, plan)):
            assert shown.number == number_of(found)
            assert shown.badges[0] in BADGES[found["status"]]


@pytest.mark.parametrize("mpn_id", PARTNERS)
def test_api_page_and_card_explain_each_plan_in_the_same_words(mpn_id):
    card, caller = staff_card(mpn_id), client_at(mpn_id)

    for plan in plans(mpn_id):
        page = visit(reader_at(mpn_id), reverse("benefits:plan", args=[plan.public_id]))
        said = words_of(read(caller, plan)["explanation"])
        assert explanation_in(page.one(id="details")) == said
        assert explanation_in(tile(card, plan)) == said


@pytest.mark.parametrize("name", STATES)
def test_api_says_what_the_table_of_states_says(name):
    state = STATES[name]
    plan = Plan.objects.get(name=state.plan_name, package__partner__mpn_id=state.mpn_id)

    found = read(client_at(state.mpn_id), plan)

    assert number_of(found) == state.number
    assert words_of(found["explanation"]) == state.reason
    assert state.badges[0] in BADGES[found["status"]]


@pytest.mark.parametrize("mpn_id", PARTNERS)
def test_api_says_the_same_of_a_plan_wherever_it_stands(mpn_id):
    """In the main query, on its own, in its package, in its contract."""
    caller = client_at(mpn_id)
    listed = {item["id"]: item for item in everything(caller, "entitlements")}

    packaged = [e for b in everything(caller, "benefits") for e in b["entitlements"]]
    contracted = [e for c in everything(caller, "contracts") for e in c["entitlements"]]

    assert {e["id"]: e for e in packaged} == listed
    assert all(listed[e["id"]] == e for e in contracted)
    assert {e["id"] for e in contracted} == {
        key for key, e in listed.items() if e["unit"] == "INCIDENT" and e["contractId"]
    }
    assert listed == {str(p.public_id): read(caller, p) for p in plans(mpn_id)}


@pytest.mark.parametrize("days", [-3, 12, 100, 500])
@pytest.mark.parametrize("mpn_id", PARTNERS)
def test_api_and_card_agree_on_other_days_too(mpn_id, days, settings):
    settings.PORTAL_NOW = NOW + timedelta(days=days)
    card, caller = staff_card(mpn_id), client_at(mpn_id)

    for plan in plans(mpn_id):
        found, shown = read(caller, plan), on_staff_card(card, plan)
        assert shown.number == number_of(found)
        assert shown.badges[0] in BADGES[found["status"]]
        assert explanation_in(tile(card, plan)) == words_of(found["explanation"])

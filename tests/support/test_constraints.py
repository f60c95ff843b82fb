"""What the database refuses of requests, whoever writes: each constraint, broken once."""

from datetime import timedelta
from itertools import combinations

import pytest
from django.db.models import ProtectedError

from support.models import MonthlyUseHead
from tests.constraints import break_by_update, constraint_names, refused
from tests.factories import (
    CLOSED_AT,
    USED_AT,
    MonthlyUseFactory,
    NoteFactory,
    SupportRequestFactory,
)

pytestmark = pytest.mark.django_db

CLAIMED = "support_supportrequest_claimed_all_or_nothing"
ENDED = "support_supportrequest_ended_when_resolved_or_closed"

# Constraint, traits of the request, what is then written past everything.
BROKEN_BY_UPDATE: list[tuple[str, dict, dict]] = [
    ("support_supportrequest_number_fifteen_digits", {}, {"number": "26030200000001"}),
    ("support_supportrequest_number_fifteen_digits", {}, {"number": "26030200000000x"}),
    ("support_supportrequest_number_fifteen_digits", {}, {"number": ""}),
    ("support_supportrequest_kind_known", {}, {"kind": "OTHER"}),
    ("support_supportrequest_plan_fits_kind", {}, {"plan": None}),
    ("support_supportrequest_plan_fits_kind", {}, {"kind": "BILLING"}),
    ("support_supportrequest_plan_fits_kind", {}, {"kind": "SUBSCRIPTION"}),
    ("support_supportrequest_plan_fits_kind", {"billing": True}, {"kind": "TECHNICAL"}),
    ("support_supportrequest_state_known", {}, {"state": "LOST"}),
    ("support_supportrequest_portal_known", {}, {"portal": "ELSEWHERE"}),
    ("support_supportrequest_closed_all_or_nothing", {}, {"state": "CLOSED"}),
    ("support_supportrequest_closed_all_or_nothing", {"closed": True}, {"state": "RESOLVED"}),
    ("support_supportrequest_closed_all_or_nothing", {"closed": True}, {"close_reason": "LOST"}),
    ("support_supportrequest_closed_all_or_nothing", {"closed": True}, {"closed_at": USED_AT}),
    (CLAIMED, {}, {"claimed_at": USED_AT}),
    (CLAIMED, {"claimed": True}, {"claimed_at": None}),
    (CLAIMED, {"claimed": True}, {"claimed_by": None}),
    (ENDED, {}, {"ended_at": USED_AT}),
    (ENDED, {}, {"state": "RESOLVED"}),
    (ENDED, {"resolved": True}, {"state": "IN_PROGRESS"}),
    (ENDED, {"resolved": True}, {"ended_at": USED_AT}),
    (ENDED, {"resolved": True}, {"ended_at": None}),
    (ENDED, {"closed": True}, {"ended_at": None}),
    (ENDED, {"closed": True}, {"ended_at": CLOSED_AT + timedelta(seconds=1)}),
    ("support_supportrequest_hours_fit_severity", {}, {"require_24x7": True}),
    ("support_supportrequest_hours_fit_severity", {}, {"severity": "A"}),
    ("support_supportrequest_hours_fit_severity", {}, {"severity": "D"}),
    ("support_supportrequest_hours_fit_severity", {}, {"severity": None}),
    ("support_supportrequest_hours_fit_severity", {"hours": True}, {"severity": "C"}),
    ("support_supportrequest_hours_fit_severity", {"hours": True}, {"require_24x7": True}),
    ("support_supportrequest_plan_fits_kind", {"hours": True}, {"plan": None}),
    ("support_supportrequest_plan_fits_kind", {"for_customer": True}, {"portal": "MICROSOFT_365"}),
    ("support_supportrequest_plan_fits_kind", {"for_customer": True}, {"customer": None}),
    ("support_supportrequest_customer_of_partner", {"for_customer": True}, {"partner": None}),
    ("support_supportrequest_hours_in_partner_center", {"hours": True}, {"topic": ""}),
    ("support_supportrequest_hours_in_partner_center", {"hours": True}, {"portal": "AZURE"}),
    ("support_supportrequest_hours_in_partner_center", {}, {"portal": "PARTNER_CENTER"}),
    ("support_supportrequest_hours_in_partner_center", {}, {"topic": "Migration"}),
    ("support_supportrequest_phone_when_asked", {}, {"contact_method": "PHONE"}),
]


@pytest.mark.parametrize(("name", "traits", "changes"), BROKEN_BY_UPDATE)
def test_request_updated_past_the_services_is_refused(name, traits, changes):
    break_by_update(SupportRequestFactory(**traits), changes, name=name)


CLOSING = ("closed_at", "closed_by", "close_reason")
SOME_OF_CLOSING = [some for count in (1, 2, 3) for some in combinations(CLOSING, count)]


@pytest.mark.parametrize("emptied", SOME_OF_CLOSING, ids=" ".join)
def test_closed_request_without_a_part_of_its_closing_is_refused(emptied):
    break_by_update(
        SupportRequestFactory(closed=True),
        dict.fromkeys(emptied),
        name="support_supportrequest_closed_all_or_nothing",
    )


@pytest.mark.parametrize("state", ["OPEN", "IN_PROGRESS", "WAITING_FOR_PARTNER", "RESOLVED"])
@pytest.mark.parametrize("kept", SOME_OF_CLOSING, ids=" ".join)
def test_request_in_another_state_with_a_part_of_a_closing_is_refused(state, kept):
    ended_at = CLOSED_AT if state == "RESOLVED" else None
    request = SupportRequestFactory(state=state, state_changed_at=CLOSED_AT, ended_at=ended_at)
    closing = {
        "closed_at": CLOSED_AT,
        "closed_by": request.author,
        "close_reason": "SOLVED_BY_PARTNER",
    }

    break_by_update(
        request,
        {name: closing[name] for name in kept},
        name="support_supportrequest_closed_all_or_nothing",
    )


def test_closed_request_that_somebody_works_on_is_refused():
    with refused(CLAIMED, table="support_supportrequest"):
        SupportRequestFactory(closed=True, claimed=True)


def test_note_without_text_is_refused():
    break_by_update(NoteFactory(), {"text": ""}, name="support_note_not_empty")


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"unit": "DAY"}, "support_monthlyuse_unit_known"),
        ({"level": "BRONZE"}, "support_monthlyuse_level_known"),
        ({"used": 0, "returned": 0}, "support_monthlyuse_not_empty"),
    ],
)
def test_sum_of_a_month_that_cannot_be_is_refused(changes, name):
    break_by_update(MonthlyUseFactory(), changes, name=name)


def test_months_are_summed_up_once_and_up_to_one_entry():
    one = MonthlyUseFactory()

    with refused("support_monthlyuse_once", table="support_monthlyuse"):
        MonthlyUseFactory(month=one.month)
    break_by_update(
        MonthlyUseHead.objects.create(), {"id": 2}, name="support_monthlyusehead_one_row"
    )


def test_number_serves_once():
    request = SupportRequestFactory()

    with refused("number", table="support_supportrequest"):
        SupportRequestFactory(number=request.number)


def test_every_constraint_of_the_app_is_broken_above():
    of_requests = {name for name, _traits, _changes in BROKEN_BY_UPDATE}

    of_sums = {
        *("support_monthlyuse_unit_known", "support_monthlyuse_level_known"),
        *("support_monthlyuse_not_empty", "support_monthlyuse_once"),
        "support_monthlyusehead_one_row",
    }
    assert of_requests | of_sums | {"support_note_not_empty"} == constraint_names("support")


@pytest.mark.parametrize(
    "traits",
    [
        {"severity": "A", "require_24x7": True},
        {"severity": "B", "require_24x7": True},
        {"severity": "B", "require_24x7": False},
        {"contact_method": "PHONE", "contact_phone": "+46 8 123 456"},
        {"portal": "API"},
        {"portal": "AZURE"},
        {"portal": "MICROSOFT_365"},
        {"portal": "DYNAMICS_365"},
        {"portal": "LIFECYCLE_SERVICES"},
        {"billing": True},
        {"billing": True, "kind": "SUBSCRIPTION"},
        {"resolved": True},
        {"resolved": True, "claimed": True},
        {"closed": True},
        {"closed": True, "ended_at": USED_AT},
        {"closed": True, "close_reason": "ANSWERED"},
        {"closed": True, "close_reason": "PRODUCT_DEFECT"},
        {"closed": True, "close_reason": "DUPLICATE"},
    ],
)
def test_request_on_the_edge_of_a_constraint_is_stored(traits):
    assert SupportRequestFactory(**traits).pk is not None


@pytest.mark.parametrize("what", ["plan", "author", "closed_by", "claimed_by"])
def test_what_a_request_points_to_cannot_be_deleted(what):
    request = SupportRequestFactory(**{"claimed" if what == "claimed_by" else "closed": True})

    with pytest.raises(ProtectedError):
        getattr(request, what).delete()


@pytest.mark.parametrize("what", ["request", "author"])
def test_what_a_note_points_to_cannot_be_deleted(what):
    note = NoteFactory()

    with pytest.raises(ProtectedError):
        getattr(note, what).delete()

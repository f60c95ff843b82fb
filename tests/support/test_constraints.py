"""What the database refuses of requests, whoever writes: each constraint, broken once."""

import pytest
from django.db.models import ProtectedError

from tests.constraints import break_by_update, constraint_names, refused
from tests.factories import SupportRequestFactory

pytestmark = pytest.mark.django_db

# Constraint, traits of the request, what is then written past everything.
BROKEN_BY_UPDATE: list[tuple[str, dict, dict]] = [
    ("support_supportrequest_number_fifteen_digits", {}, {"number": "26030200000001"}),
    ("support_supportrequest_number_fifteen_digits", {}, {"number": "26030200000000x"}),
    ("support_supportrequest_number_fifteen_digits", {}, {"number": ""}),
    ("support_supportrequest_kind_known", {}, {"kind": "OTHER"}),
    ("support_supportrequest_state_known", {}, {"state": "LOST"}),
    ("support_supportrequest_hours_fit_severity", {}, {"require_24x7": True}),
    ("support_supportrequest_hours_fit_severity", {}, {"severity": "A"}),
    ("support_supportrequest_hours_fit_severity", {}, {"severity": "D"}),
    ("support_supportrequest_phone_when_asked", {}, {"contact_method": "PHONE"}),
]


@pytest.mark.parametrize(("name", "traits", "changes"), BROKEN_BY_UPDATE)
def test_request_updated_past_the_services_is_refused(name, traits, changes):
    break_by_update(SupportRequestFactory(**traits), changes, name=name)


def test_number_serves_once():
    request = SupportRequestFactory()

    with refused("number", table="support_supportrequest"):
        SupportRequestFactory(number=request.number)


def test_every_constraint_of_the_app_is_broken_above():
    assert {name for name, _traits, _changes in BROKEN_BY_UPDATE} == constraint_names("support")


@pytest.mark.parametrize(
    "traits",
    [
        {"severity": "A", "require_24x7": True},
        {"severity": "B", "require_24x7": True},
        {"severity": "B", "require_24x7": False},
        {"contact_method": "PHONE", "contact_phone": "+46 8 123 456"},
        {"state": "CLOSED"},
    ],
)
def test_request_on_the_edge_of_a_constraint_is_stored(traits):
    assert SupportRequestFactory(**traits).pk is not None


@pytest.mark.parametrize("what", ["plan", "author"])
def test_what_a_request_points_to_cannot_be_deleted(what):
    request = SupportRequestFactory()

    with pytest.raises(ProtectedError):
        getattr(request, what).delete()

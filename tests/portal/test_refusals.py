"""The explanation object, and one status for every code, wherever the refusal is defined."""

import importlib
import pkgutil

import pytest

from portal.refusals import Explanation, NextStep, Refusal, Unavailable

APPS = ("portal", "partners", "benefits", "support", "partnercenter")

# "One explanation for every refusal": code and HTTP status.
STATUS = {
    "not_authorized": 403,
    "benefit_not_started": 409,
    "benefit_not_activated": 409,
    "activation_pending": 409,
    "offer_not_active": 409,
    "contract_not_linked": 409,
    "link_revoked": 403,
    "malformed_id": 400,
    "pair_not_found": 400,
    "too_many_attempts": 429,
    "contract_expired": 409,
    "no_incidents_remaining": 409,
    "plan_wrong_scope": 409,
    "plan_not_included": 409,
    "product_not_supported": 409,
    "already_closed": 409,
    "already_returned": 409,
    "not_reopenable": 409,
    "already_claimed": 409,
    "nothing_to_deduct": 409,
    "already_deducted": 409,
    "renewal_not_open": 409,
    "upgrade_not_possible": 409,
    "last_global_admin": 409,
    "below_zero": 409,
    "plan_not_adjustable": 409,
    "import_not_possible": 409,
    "membership_not_changeable": 409,
    "idempotency_key_missing": 400,
    "idempotency_key_invalid": 400,
    "idempotency_key_reused": 422,
    "request_in_progress": 409,
    "not_authenticated": 401,
    "insufficient_scope": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "validation_error": 400,
    "unknown_field": 400,
    "invalid_filter": 400,
    "duplicate_parameter": 400,
    "unsupported_media_type": 415,
    "rate_limited": 429,
    "server_error": 500,
    "unavailable": 503,
}


def modules_of(package_name):
    """Return the names of all modules in the package."""
    package = importlib.import_module(package_name)
    found = pkgutil.walk_packages(package.__path__, prefix=f"{package_name}.")
    # The server's entry points set the environment of a web process.
    return [m.name for m in found if not m.name.endswith((".asgi", ".wsgi"))]


def all_refusals():
    """Return every refusal that the code base defines."""
    for app in APPS:
        for name in modules_of(app):
            importlib.import_module(name)
    found, waiting = [], [Refusal]
    while waiting:
        subclasses = waiting.pop().__subclasses__()
        found += subclasses
        waiting += subclasses
    return sorted(
        # What has no code is only the base of others.
        (c for c in found if c.__module__.split(".")[0] in APPS and hasattr(c, "code")),
        key=lambda c: c.__qualname__,
    )


def test_every_refusal_has_the_status_of_its_code():
    refusals = all_refusals()

    assert len(refusals) >= 21
    assert {f"{c.__qualname__}: {c.code}": c.status for c in refusals} == {
        f"{c.__qualname__}: {c.code}": STATUS.get(c.code) for c in refusals
    }


def test_every_refusal_is_explained_where_it_is_defined():
    assert [c.__qualname__ for c in all_refusals() if not (c.__doc__ or "").strip()] == []


class Closed(Refusal):
    """For these tests."""

    code = "already_closed"
    status = 409


def test_refusal_carries_its_explanation():
    step = NextStep("Open another one.", url="/supportforbusiness/create", people=("Ana Berg",))

    refusal = Closed("It is closed.", facts={"closedAt": "2026-11-20"}, next_step=step)

    assert refusal.explanation == Explanation(
        code="already_closed",
        message="It is closed.",
        facts={"closedAt": "2026-11-20"},
        next_step=step,
    )
    assert (refusal.message, str(refusal), refusal.retry_after) == (
        "It is closed.",
        "It is closed.",
        None,
    )


@pytest.mark.parametrize(
    ("refusal", "expected"),
    [
        (
            Closed("It is closed."),
            {"code": "already_closed", "message": "It is closed.", "facts": {}, "nextStep": None},
        ),
        (
            Closed("It is closed.", facts={"n": 1}, next_step=NextStep("Ask.", people=("Li Wei",))),
            {
                "code": "already_closed",
                "message": "It is closed.",
                "facts": {"n": 1},
                "nextStep": {"text": "Ask.", "url": None, "people": ["Li Wei"]},
            },
        ),
        (
            Closed("It is closed.", next_step=NextStep("Look.", url="/here")),
            {
                "code": "already_closed",
                "message": "It is closed.",
                "facts": {},
                "nextStep": {"text": "Look.", "url": "/here", "people": []},
            },
        ),
    ],
)
def test_explanation_in_json_types_has_all_four_parts(refusal, expected):
    assert refusal.explanation.as_dict() == expected


def test_unavailable_may_be_tried_again_shortly():
    assert (Unavailable("Busy.").status, Unavailable("Busy.").retry_after) == (503, 5)

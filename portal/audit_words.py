"""
What an audit record says, in words: what was done, on what, and why it was refused.

The ground knows no app's actions: each app registers the words of its own (audit_words.py) when
it is ready. A test walks over all actions that are recorded anywhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Group(models.TextChoices):
    """What an action is about; the trail is filtered by it."""

    BENEFITS = "BENEFITS", gettext_lazy("Memberships and benefits")
    IDS = "IDS", gettext_lazy("IDs and linked accounts")
    REQUESTS = "REQUESTS", gettext_lazy("Support requests")
    USERS = "USERS", gettext_lazy("Users and roles")
    CLIENTS = "CLIENTS", gettext_lazy("API clients")
    LOOK_UPS = "LOOK_UPS", gettext_lazy("Look-ups by Support")
    OTHER = "OTHER", gettext_lazy("Other pages and calls")


def _nothing(facts: Mapping[str, Any]) -> str:
    return ""


@dataclass(frozen=True)
class Words:
    """One action in words; `detail` reads from the facts of a done one what changed."""

    group: Group
    text: Promise
    detail: Callable[[Mapping[str, Any]], str] = _nothing


# One line for every code of "One explanation for every refusal": what follows "Refused:".
CODES: dict[str, Promise] = {
    "not_authorized": gettext_lazy("not authorized"),
    "benefit_not_started": gettext_lazy("not started yet"),
    "benefit_not_activated": gettext_lazy("not activated"),
    "activation_pending": gettext_lazy("activation pending"),
    "offer_not_active": gettext_lazy("the membership is not active"),
    "contract_not_linked": gettext_lazy("contract not linked"),
    "link_revoked": gettext_lazy("link revoked"),
    "malformed_id": gettext_lazy("typing error in the IDs"),
    "pair_not_found": gettext_lazy("no such pair of IDs"),
    "too_many_attempts": gettext_lazy("too many attempts"),
    "contract_expired": gettext_lazy("contract ended"),
    "no_incidents_remaining": gettext_lazy("no incidents left"),
    "plan_wrong_scope": gettext_lazy("plan for other products"),
    "plan_not_included": gettext_lazy("not included"),
    "product_not_supported": gettext_lazy("product version not covered"),
    "already_closed": gettext_lazy("closed already"),
    "already_returned": gettext_lazy("incident returned already"),
    "not_reopenable": gettext_lazy("can't be reopened"),
    "already_claimed": gettext_lazy("somebody works on it already"),
    "renewal_not_open": gettext_lazy("outside the days of renewal"),
    "upgrade_not_possible": gettext_lazy("upgrade not possible"),
    "last_global_admin": gettext_lazy("last Global admin"),
    "below_zero": gettext_lazy("below zero"),
    "nothing_to_deduct": gettext_lazy("no hours to deduct"),
    "already_deducted": gettext_lazy("hours deducted already"),
    "plan_not_adjustable": gettext_lazy("plan can't be adjusted"),
    "import_not_possible": gettext_lazy("import not possible now"),
    "membership_not_changeable": gettext_lazy("membership can't be changed"),
    "idempotency_key_missing": gettext_lazy("key missing"),
    "idempotency_key_invalid": gettext_lazy("key not valid"),
    "idempotency_key_reused": gettext_lazy("sent before with other content"),
    "request_in_progress": gettext_lazy("the same request is being worked on"),
    "not_authenticated": gettext_lazy("not signed in"),
    "insufficient_scope": gettext_lazy("the API client may not"),
    "not_found": gettext_lazy("not found"),
    "method_not_allowed": gettext_lazy("method not allowed"),
    "validation_error": gettext_lazy("something was missing or not valid"),
    "unknown_field": gettext_lazy("unknown field"),
    "invalid_filter": gettext_lazy("filter not valid"),
    "duplicate_parameter": gettext_lazy("parameter sent twice"),
    "unsupported_media_type": gettext_lazy("unsupported format"),
    "rate_limited": gettext_lazy("too many calls"),
    "server_error": gettext_lazy("error of the portal"),
    "unavailable": gettext_lazy("data out of reach"),
}
# Kinds of targets: those that services name, and the parameters of addresses.
TARGETS: dict[str, Promise] = {
    "account": gettext_lazy("Account"),
    "client": gettext_lazy("API client"),
    "contract": gettext_lazy("Contract"),
    "package": gettext_lazy("Benefits of one membership year"),
    "plan": gettext_lazy("Plan"),
    "request": gettext_lazy("Request"),
    "number": gettext_lazy("Request"),
    "mpn": gettext_lazy("Partner"),
    "draft": gettext_lazy("Draft of a request"),
    "import": gettext_lazy("Import"),
}
_registered: dict[str, Words] = {}


def register(words: Mapping[str, Words]) -> None:
    """Make an app's words known, by action."""
    _registered.update(words)


def registered() -> dict[str, Words]:
    """Return all words, by action."""
    return dict(_registered)


def actions_of(group: Group) -> list[str]:
    """Return the actions that belong to the group."""
    return [action for action, words in _registered.items() if words.group == group]


def text_of(action: str) -> str:
    """Return what was done, or tried; what no service names is a page or a call by its name."""
    words = _registered.get(action)
    if words is not None:
        return str(words.text)
    return _("Open a page or make a call: %(name)s") % {"name": action}


def detail_of(action: str, facts: Mapping[str, Any]) -> str:
    """Return what changed, for an action that was done; often nothing."""
    words = _registered.get(action)
    if words is None:
        return ""
    try:
        return words.detail(facts)
    except (KeyError, ValueError):
        # Records outlive the shape of their facts: an old one goes without the detail.
        return ""


def outcome_of(refusal_code: str) -> str:
    """Return what came of it."""
    if not refusal_code:
        return _("Done")
    return _("Refused: %(why)s") % {"why": CODES.get(refusal_code, refusal_code)}


def target_of(kind: str) -> str:
    """Return what kind of thing it was done to."""
    if not kind:
        return ""
    plain = kind.removesuffix("_id")
    return str(TARGETS.get(plain, plain.replace("_", " ")))

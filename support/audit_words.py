"""What the audit says of support requests and of the staff's look-up."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy, ngettext

from portal.audit_words import Group, Words


def _hours(facts: Mapping[str, Any]) -> str:
    hours = int(facts["hours"])
    return ngettext("%(hours)d hour.", "%(hours)d hours.", hours) % {"hours": hours}


def _outcome(facts: Mapping[str, Any]) -> str:
    return str(OUTCOMES.get(facts.get("outcome", ""), ""))


OUTCOMES = {
    "MATCHES": gettext_lazy("The pair matches."),
    "CONTRACT_ID_DIFFERS": gettext_lazy("The Contract ID does not match."),
    "ACCESS_ID_REPLACED": gettext_lazy("The Access ID was replaced."),
    "ACCESS_ID_UNKNOWN": gettext_lazy("No contract has this Access ID."),
}
WORDS = {
    "support.submit_request": Words(Group.REQUESTS, gettext_lazy("Submit a request")),
    "support.submit_consultation": Words(
        Group.REQUESTS, gettext_lazy("Ask for presales or advice")
    ),
    "support.deduct_hours": Words(
        Group.REQUESTS, gettext_lazy("Deduct the hours of a consultation"), _hours
    ),
    "support.add_note": Words(Group.REQUESTS, gettext_lazy("Add a note to a request")),
    "support.change_state": Words(Group.REQUESTS, gettext_lazy("Change the state of a request")),
    "support.close_request": Words(Group.REQUESTS, gettext_lazy("Close a request")),
    "support.reopen_request": Words(Group.REQUESTS, gettext_lazy("Reopen a request")),
    "support.claim_request": Words(Group.REQUESTS, gettext_lazy("Claim a request")),
    "support.release_request": Words(Group.REQUESTS, gettext_lazy("Release a request")),
    "support.take_over_request": Words(Group.REQUESTS, gettext_lazy("Take over a request")),
    "support.look_up": Words(Group.LOOK_UPS, gettext_lazy("Look something up")),
    "support.check_pair": Words(
        Group.LOOK_UPS, gettext_lazy("Check the pair that a caller reads out"), _outcome
    ),
}

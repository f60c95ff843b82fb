"""
Every code that a refusal can carry, as the help pages explain it.

The text of each is the template of its code in templates/help/codes/. A test walks all refusals of
the code base: a new code without an entry fails.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.refusals import Refusal


@dataclass(frozen=True)
class Code:
    """One code, in a sentence, and the topic that tells more."""

    code: str
    title: Promise | str
    topic: str

    @property
    def template(self) -> str:
        """Where its text stands."""
        return f"help/codes/{self.code}.html"


@dataclass(frozen=True)
class Group:
    """Codes that one meets at the same place."""

    title: Promise | str
    codes: tuple[Code, ...]


GROUPS = (
    Group(
        _("Activating and using a plan"),
        (
            Code("benefit_not_started", _("The benefit starts later"), "memberships"),
            Code("benefit_not_activated", _("The benefit is not activated yet"), "activate"),
            Code("activation_pending", _("Activation is requested and not ready"), "activate"),
            Code("offer_not_active", _("The offer can no longer be activated"), "activate"),
            Code("contract_expired", _("The plan has ended"), "memberships"),
            Code("no_incidents_remaining", _("Nothing is left on the plan"), "remaining"),
            Code("plan_wrong_scope", _("The plan is for other products"), "remaining"),
            Code("plan_not_included", _("No plan for this kind of product"), "remaining"),
            Code("product_not_supported", _("The version is not covered"), "n-1"),
        ),
    ),
    Group(
        _("Access ID, Contract ID and linking"),
        (
            Code("contract_not_linked", _("The contract is not linked to this account"), "link"),
            Code("link_revoked", _("The contract was taken away from this account"), "link"),
            Code("malformed_id", _("An ID has a typing error"), "link"),
            Code("pair_not_found", _("The two IDs don't belong together"), "link"),
            Code("too_many_attempts", _("Too many attempts"), "link"),
        ),
    ),
    Group(
        _("The life of a support request"),
        (
            Code("already_closed", _("The request is closed"), "requests"),
            Code("not_reopenable", _("The request can't be reopened"), "requests"),
            Code("already_returned", _("The incident was returned before"), "requests"),
            Code("already_claimed", _("Somebody else works on the request"), "requests"),
        ),
    ),
    Group(
        _("Memberships, roles and corrections"),
        (
            Code("renewal_not_open", _("It is too early, or too late, to renew"), "memberships"),
            Code("upgrade_not_possible", _("The membership can't be upgraded"), "memberships"),
            Code("last_global_admin", _("The company's last Global admin"), "wrong-account"),
            Code("below_zero", _("More would be taken than is left"), "remaining"),
            Code("nothing_to_deduct", _("The request takes no hours"), "tpd"),
            Code("already_deducted", _("The hours were deducted before"), "tpd"),
            Code("plan_not_adjustable", _("This plan can't be corrected"), "remaining"),
            Code("import_not_possible", _("The file can't be imported now"), "memberships"),
            Code("membership_not_changeable", _("This membership can't be changed"), "memberships"),
        ),
    ),
    Group(
        _("Accounts, forms and the portal itself"),
        (
            Code("not_authorized", _("You are not authorized for this action"), "wrong-account"),
            Code("not_found", _("Nothing there, or nothing of yours"), "wrong-account"),
            Code("form_expired", _("The form was opened before you signed in"), "wrong-account"),
            Code("bad_request", _("The request could not be read"), "requests"),
            Code("method_not_allowed", _("The address does not take that method"), "api"),
            Code("validation_error", _("Something that was sent breaks a rule"), "api"),
            Code("unavailable", _("The portal cannot reach its data"), "requests"),
            Code("server_error", _("Something went wrong here"), "requests"),
        ),
    ),
    Group(
        _("Calls of the API"),
        (
            Code("not_authenticated", _("No token, or one that is no longer valid"), "api"),
            Code("insufficient_scope", _("The token lacks the scope of this call"), "api"),
            Code("unknown_field", _("The body has a field that is not known"), "api"),
            Code("invalid_filter", _("The address has a parameter that it does not take"), "api"),
            Code("duplicate_parameter", _("Something was sent twice"), "api"),
            Code("unsupported_media_type", _("The body is not declared as JSON"), "api"),
            Code("rate_limited", _("All calls of this minute are made"), "api"),
            Code("idempotency_key_missing", _("The call needs an idempotency key"), "api"),
            Code("idempotency_key_invalid", _("The idempotency key is not usable"), "api"),
            Code("idempotency_key_reused", _("The key was used for something else"), "api"),
            Code("request_in_progress", _("The first call with this key is at work"), "api"),
        ),
    ),
)
CODES = {code.code: code for group in GROUPS for code in group.codes}


def status_of(code: str) -> int | None:
    """Return the HTTP status of the refusals with this code; None when no refusal has it."""
    return next((c.status for c in _refusals(Refusal) if getattr(c, "code", "") == code), None)


def _refusals(base: type[Refusal]) -> Iterator[type[Refusal]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _refusals(kind)

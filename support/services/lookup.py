"""
The staff look-up: one box for every ID, number, address or name that a caller reads out.

What was typed is not kept: the record of a look-up names its kind and what it found.
"""

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from benefits import ids
from benefits.models import Contract, IssuedId
from partners.models import Partner, User
from partners.permissions import NotAuthorized, staff_may
from partners.roles import StaffPermission
from portal import audit
from portal.models import AuditRecord
from portal.refusals import NextStep
from portal.sentences import one_of
from support.models import SupportRequest

MOST_FOUND = 20
MPN_DIGITS, REQUEST_DIGITS = 7, 15


Kind = Literal["nothing", "email", "mpn_id", "access_id", "request", "number", "name"]


@dataclass(frozen=True)
class Replaced:
    """When an Access ID stopped linking, who replaced it ("" if unknown), which one links now."""

    at: datetime
    by: str
    current: int


@dataclass(frozen=True)
class Finding:
    """
    What a query is and what it led to: one contract or partner, a short list, or a sentence.

    `replaced` is set when the Access ID that was looked up no longer links.
    `request` is set for a request that no contract paid: it has a partner at most.
    """

    kind: Kind
    contract: Contract | None = None
    partner: Partner | None = None
    request: SupportRequest | None = None
    partners: list[Partner] = field(default_factory=list)
    contracts: list[Contract] = field(default_factory=list)
    problem: str = ""
    replaced: Replaced | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found."""
        one = self.contract or self.partner or self.request
        return not (one or self.partners or self.contracts)


@audit.attempt("support.look_up")
def look_up(*, query: str, by: User, at: datetime) -> Finding:
    """
    Find what the query names, and record that it was looked up.

    An @ makes it an e-mail address; 7 digits are an MPN ID, 9 an Access ID or a replaced one, 15 a
    request number; anything else is the beginning of a partner's name.

    :raises NotAuthorized: only staff look things up
    """
    if not staff_may(by, StaffPermission.LOOK_UP):
        raise NotAuthorized(
            _("You are not authorized for this action"),
            next_step=NextStep(_("The look-up is for the portal's support staff.")),
        )
    finding = _find(_readable(query))
    audit.record(
        "support.look_up",
        by=by,
        at=at,
        partner=_mpn_id(finding),
        target=_target(finding),
        facts={"kind": finding.kind, "found": not finding.is_empty, **_listed(finding)},
    )
    return finding


def to_show_again(*, query: str, finding: Finding) -> str:
    """
    Return what was looked up if it cannot hold a Contract ID, which staff never see; else nothing.

    The number that found a contract is its Access ID.
    """
    shown = _readable(query)
    numbers = ids.numbers_in(shown)
    secret = [number for number in numbers if ids.is_well_formed(number)]
    if finding.kind == "access_id" and finding.contract is not None:
        secret = secret[1:]
    # A longer number may be two IDs with a typing error.
    longer = [n for n in numbers if len(n) > ids.LENGTH and len(n) != REQUEST_DIGITS]
    return "" if secret or longer else shown


def _readable(query: str) -> str:
    """Return the query in one form, without what nobody sees but pasting brings along."""
    plain = unicodedata.normalize("NFKC", query)[: ids.LONGEST_TEXT]
    return "".join(
        " " if char < " " else char
        for char in plain
        if unicodedata.category(char) not in ("Cf", "Cs")
    ).strip()


def _find(query: str) -> Finding:
    if not query:
        return Finding("nothing", problem=_("Paste or type what the caller reads out."))
    if "@" in query:
        return _by_email(query)
    if len([n for n in ids.numbers_in(query) if len(n) == ids.LENGTH]) > 1:
        return Finding("access_id", problem=_("Paste the Access ID alone, without the other ID."))
    number = _number_in(query)
    if number is None:
        return _by_name(query)
    if len(number) == MPN_DIGITS:
        return _by_mpn_id(number)
    if len(number) == ids.LENGTH:
        return _by_access_id(number)
    if len(number) == REQUEST_DIGITS:
        return _by_request(number)
    named = _by_name(query)
    return _of_no_known_length(number) if named.is_empty else named


def _of_no_known_length(number: str) -> Finding:
    return Finding(
        "number",
        problem=ngettext(
            "This number has %(count)d digit; an MPN ID has 7, an Access ID 9, a request 15.",
            "This number has %(count)d digits; an MPN ID has 7, an Access ID 9, a request 15.",
            len(number),
        )
        % {"count": len(number)},
    )


def _number_in(query: str) -> str | None:
    """Return the number when the query is one, or holds an ID or a request number."""
    numbers = ids.numbers_in(query)
    if not any(char.isalpha() for char in query):
        return "".join(numbers) or None
    long = [n for n in numbers if len(n) in (ids.LENGTH, REQUEST_DIGITS)]
    return long[0] if len(long) == 1 else None


def _by_email(query: str) -> Finding:
    user = User.objects.filter(email=query.casefold()).first()
    if user is None:
        return Finding("email", problem=_("No account has this e-mail address."))
    partners = list(Partner.objects.filter(affiliations__user=user).by_name()[:MOST_FOUND])
    contracts = list(
        Contract.objects.filter(links__user=user, links__dropped_at__isnull=True)
        .select_related("package__partner")
        .order_by("-ends_at", "-pk")[:MOST_FOUND]
    )
    if len(partners) == 1 and not contracts:
        return Finding("email", partner=partners[0])
    if len(contracts) == 1 and not partners:
        return Finding("email", contract=contracts[0])
    if not partners and not contracts:
        return Finding(
            "email", problem=_("This account works for no partner and has linked no contract.")
        )
    return Finding("email", partners=partners, contracts=contracts)


def _by_mpn_id(number: str) -> Finding:
    partner = Partner.objects.filter(mpn_id=number).first()
    if partner is None:
        return Finding("mpn_id", problem=_("No partner has this MPN ID."))
    return Finding("mpn_id", partner=partner)


def _by_access_id(number: str) -> Finding:
    problem = ids.problem_with(number)
    if problem:
        return Finding("access_id", problem=f"{problem} {_swapped(number)}".strip())
    issued = (
        IssuedId.objects.filter(number=int(number), kind=IssuedId.Kind.ACCESS)
        .select_related("contract__package__partner")
        .first()
    )
    if issued is None:
        return Finding(
            "access_id",
            problem=_(
                "The number is well-formed, but it is not an Access ID. Ask the caller "
                "which of the two IDs they read out: the Access ID is the one shown in "
                "clear."
            ),
        )
    return Finding("access_id", contract=issued.contract, replaced=_replaced(issued))


def _swapped(number: str) -> str:
    """
    Say which neighbours the check digit would accept the other way round, if any.

    Their places only: the number that comes of it may be a Contract ID.
    """
    places = ids.swaps_that_fit(number)
    if not places:
        return ""
    pairs = one_of([f"{place}\N{EN DASH}{place + 1}" for place in places])
    return _("It would fit with the digits at these places swapped: %(pairs)s.") % {"pairs": pairs}


def _replaced(issued: IssuedId) -> Replaced | None:
    """Return what became of an Access ID that no longer links, in two statements."""
    if issued.replaced_at is None:
        return None
    records = AuditRecord.objects.done().filter(
        target_kind="contract",
        target_id=str(issued.contract.public_id),
        action="benefits.replace_pair",
        occurred_at=issued.replaced_at,
    )
    names = records.values_list("actor__name", flat=True)
    current = issued.contract.issued_ids.get(kind=IssuedId.Kind.ACCESS, replaced_at__isnull=True)
    return Replaced(at=issued.replaced_at, by=names.first() or "", current=current.number)


def _by_request(number: str) -> Finding:
    request = (
        SupportRequest.objects.filter(number=number)
        .select_related(
            "partner", "plan__package__partner", "plan__package__contract__package__partner"
        )
        .first()
    )
    if request is None:
        return Finding("request", problem=_("There is no request with this number."))
    if request.plan is None:
        return Finding("request", request=request, partner=request.partner)
    if request.asks_for_hours:
        # Hours are there without a contract.
        return Finding("request", request=request, partner=request.plan.package.partner)
    return Finding("request", contract=request.plan.package.contract)


def _by_name(query: str) -> Finding:
    found = list(Partner.objects.name_begins_with(query).by_name()[: MOST_FOUND + 1])
    if not found:
        return Finding("name", problem=_("No partner's name begins like this."))
    if len(found) == 1:
        return Finding("name", partner=found[0])
    if len(found) > MOST_FOUND:
        return Finding(
            "name",
            partners=found[:MOST_FOUND],
            problem=_("There are more; type more of the name."),
        )
    return Finding("name", partners=found)


def _mpn_id(finding: Finding) -> str:
    if finding.contract is not None:
        return finding.contract.package.partner.mpn_id
    return finding.partner.mpn_id if finding.partner else ""


def _target(finding: Finding) -> tuple[str, object] | None:
    if finding.contract is not None:
        return "contract", finding.contract.public_id
    return ("request", finding.request.number) if finding.request is not None else None


def _listed(finding: Finding) -> dict[str, Any]:
    """Return the short list by public ids, if that is what was found."""
    listed = {
        "partners": [partner.mpn_id for partner in finding.partners],
        "contracts": [str(contract.public_id) for contract in finding.contracts],
    }
    return {kind: found for kind, found in listed.items() if found}

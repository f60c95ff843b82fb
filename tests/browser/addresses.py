"""
Every page that has an address, and who goes there: asked inside a world, which knows its rows.

What only a form opens is on the tours by hand (tests/browser/tours.py). tests/pages/test_tours.py
holds both to the list of all routes.
"""

from collections.abc import Callable, Mapping

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.template.loader import render_to_string
from django.urls import reverse

from benefits.models import Contract, Membership, Plan
from benefits.support_plans import Offer
from partnercenter.demo.accounts import (
    CONTOSO,
    EXHAUSTED,
    EXPIRED,
    FABRIKAM,
    NORTHWIND,
    PENDING,
    RENEWAL,
    SCHEDULED,
    TAILSPIN,
    WINGTIP,
)
from partners.models import Customer, User
from portal import clock
from portal.models import AuditRecord
from portal.refusals import Explanation
from support.models import SupportRequest
from support.portals import CLOUD_PORTALS
from support.services.claims import claim_request
from tests.advice import ask, hours_of
from tests.imports import checked, imported, text_of, uploaded
from tests.sessions import session_of

Stops = dict[str, list[str]]
Forms = dict[str, list[tuple[str, str]]]
NOBODY, FRITZ, ROOT = "", "admin@fabrikam.example", "root@portal.example"
# One in each state, and those who see the same otherwise.
IN_A_STATE = """
    admin@contoso.example user@contoso.example admin@pending.example admin@scheduled.example
    admin@northwind.example admin@tailspin.example admin@exhausted.example admin@renewal.example
    admin@wingtip.example admin@expired.example
""".split()
CARDS = (CONTOSO, FABRIKAM, NORTHWIND, TAILSPIN, WINGTIP, EXPIRED, EXHAUSTED, PENDING, SCHEDULED)


def stops(*, tour: str) -> list[tuple[str, list[str]]]:
    """Return a session of each who goes on the tour, or "" of nobody, and what they open."""
    return [(_session(email), urls) for email, urls in TOURS[tour]().items()]


def emptied(*, of: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return a session of each who sends forms with nothing in them: their addresses, buttons."""
    return [(_session(email), sent) for email, sent in FORMS[of]().items()]


def faults() -> dict[str, str]:
    """Return the pages that only a fault opens, by their status."""
    explanation = Explanation("unavailable", "The portal cannot reach its data right now.")
    return {
        status: render_to_string(f"errors/{status}.html", {"explanation": told})
        for status, told in (("500", None), ("503", explanation))
    }


def _session(email: str) -> str:
    return session_of(User.objects.get(email=email)) if email else ""


def strangers() -> Stops:
    """The pages that need no account."""
    names = """
        home gallery account_login account_signup account_inactive account_reset_password
        account_reset_password_done account_reset_password_from_key_done help help-codes
    """
    return {
        NOBODY: [
            *_named(names),
            reverse("account_reset_password_from_key", args=["1", "an-old-one"]),
            _mailed(),
            *(reverse("help-topic", args=[topic]) for topic in ("n-1", "already-associated")),
            reverse("help-code", args=["plan_wrong_scope"]),
            "/nowhere",
        ]
    }


def _mailed() -> str:
    """Return the address that somebody who forgot the password got by mail."""
    fritz = User.objects.get(email=FRITZ)
    key = user_pk_to_url_str(fritz), default_token_generator.make_token(fritz)
    return reverse("account_reset_password_from_key", args=key)


def company() -> Stops:
    """What a company's admin sees of the company and of its accounts."""
    names = """
        dashboard memberships:competencies partners:my-access partners:users partners:user-add
        partners:audit partners:api-clients notifications support:consultation
        benefits:partner-support account_change_password account_logout
    """
    fritz, mia = User.objects.get(email=FRITZ), User.objects.get(email="multi@contoso.example")
    own, customer = _plan(FABRIKAM).public_id, Customer.objects.get(name="Relecloud").public_id
    return {
        FRITZ: [
            *_named(names),
            *_named("benefits:ledger benefits:replace-ids benefits:accounts", own),
            *_named("benefits:offer benefits:buy", Offer.PREMIER),
            *(reverse("partners:user", args=[person.public_id]) for person in (fritz, mia)),
            reverse("partners:api-client", args=["demo-fabrikam"]),
            f"{reverse('partners:audit')}?since=tomorrow",
            f"{reverse('partners:users')}?name=nobody",
            reverse("partners:switch"),
            "/nowhere",
        ],
        "agent@contoso.example": [
            reverse("partners:customers"),
            *_named("support:customer support:customer-new-request", customer),
        ],
    }


def states() -> Stops:
    """A plan in every state, and those who have none or may see none."""
    technical, offers = reverse("benefits:technical"), reverse("memberships:offers")
    rows = {email: [_first_plan_of(email)] for email in IN_A_STATE}
    rows["admin@contoso.example"] += [reverse("dashboard")]
    rows["admin@wingtip.example"] += [technical]
    rows["admin@northwind.example"] += [offers, _change("upgrade", of=NORTHWIND)]
    rows["admin@renewal.example"] += [offers, f"{_change('renew', of=RENEWAL)}?level=GOLD"]
    return {
        **rows,
        "csponly@contoso.example": [reverse("dashboard"), technical],
        "admin@proseware.example": [technical, offers],
        "pat@outlook.example": _named("support:plans support:requests partners:my-access"),
    }


def support() -> Stops:
    """Support for Business and the cloud portals, as far as an address leads."""
    mine = SupportRequest.objects.filter(author__email=FRITZ).order_by("pk")
    azure = CLOUD_PORTALS["azure"]
    of_each_state = {request.state: request.number for request in mine}
    return {
        FRITZ: [
            *_named("support:create support:plans support:requests"),
            *(reverse("support:request", args=[number]) for number in of_each_state.values()),
            f"{reverse('support:requests')}?state=RESOLVED",
            *(reverse("support:portal-help", args=[p]) for p in CLOUD_PORTALS.values()),
            *_named("support:portal-plans support:portal-link support:portal-create", azure),
        ],
        "admin@adatum.example": [reverse("support:portal-plans", args=[azure])],
    }


def desk() -> Stops:
    """The look-up, and a card of every state, with every tool asked."""
    card = reverse("support:staff-partner", args=[FABRIKAM])
    contract = Contract.objects.get(package__partner__mpn_id=FABRIKAM)
    answered = f"{card}?version=Windows/11&email={FRITZ}"
    return {
        "staff@portal.example": [
            reverse("support:staff-desk"),
            *(reverse("support:staff-partner", args=[mpn_id]) for mpn_id in CARDS),
            reverse("support:staff-contract", args=[contract.public_id]),
            f"{answered}&language=ru&account=a",
            f"{card}?day=2020-01-01",
            f"{card}?day={contract.starts_at:%Y-%m-%d}",
            reverse("support:staff-imports"),
        ]
    }


def lists() -> Stops:
    """What staff look after: the queue, partners, memberships, imports, reports, the trail."""
    names = "staff-requests staff-partners staff-reports staff-partner-add staff-audit".split()
    pages = {name: reverse(f"support:{name}") for name in names}
    return {
        ROOT: [
            *pages.values(),
            f"{pages['staff-requests']}?state=CLOSED&severity=A",
            f"{pages['staff-partners']}?situation=FEW_LEFT",
            f"{pages['staff-partners']}?situation=USED_UP&name=nobody",
            f"{pages['staff-reports']}?first=soon",
            f"{pages['staff-audit']}?since=tomorrow",
            *_of_a_partner(),
            *_imports(),
        ]
    }


def administration() -> Stops:
    """The Django admin: each kind of its pages, a list filtered and searched, one of many rows."""
    users, entries = _named("admin:partners_user_changelist admin:benefits_ledgerentry_changelist")
    row = AuditRecord.objects.order_by("pk")[0]
    return {
        ROOT: [
            *_named("admin:index"),
            *_named("admin:app_list", "partners"),
            f"{users}?staff_kind__exact=ADMINISTRATOR&q={ROOT}",
            f"{entries}?p=3",
            *_named("admin:portal_auditrecord_change", row.pk),
        ]
    }


def _of_a_partner() -> list[str]:
    package, not_activated = (_membership(m).package.public_id for m in (FABRIKAM, CONTOSO))
    pages = "support:staff-partner-change support:staff-accounts support:staff-memberships"
    return [
        *_named(f"{pages} support:staff-membership-add", FABRIKAM),
        *_named("support:staff-membership-end support:staff-competencies", package),
        *_named("support:staff-membership-change", not_activated),
        *_named("support:staff-adjust", _plan(FABRIKAM).public_id),
    ]


def _imports() -> list[str]:
    """The list; an import that waits, one with errors, one that may be done, one that is."""
    root = User.objects.get(email=ROOT)
    good, bad = "4500001,Humongous Insurance,SE,MPN", "45,Contoso,Sweden,MPN"
    made = [
        checked("partners", text_of("partners", [bad]), by=root),
        checked("partners", text_of("partners", [good]), by=root),
        imported("partners", [good], by=root),
        uploaded("partners", text_of("partners", [good]), by=root),
    ]
    return [
        *(reverse("support:staff-import", args=[one.public_id]) for one in made),
        reverse("support:staff-imports"),
        reverse("support:staff-import-columns", args=["roles"]),
    ]


def _named(names: str, *args: object) -> list[str]:
    return [reverse(name, args=args) for name in names.split()]


def _plan(mpn_id: str) -> Plan:
    """Return a plan of incidents for on-premises products."""
    plans = Plan.objects.filter(package__partner__mpn_id=mpn_id, scope="ON_PREMISES")
    return plans.latest("package__starts_at")


def _first_plan_of(email: str) -> str:
    partner = User.objects.get(email=email).affiliations.get().partner
    return reverse("benefits:plan", args=[_plan(partner.mpn_id).public_id])


def _membership(mpn_id: str) -> Membership:
    return Membership.objects.filter(partner__mpn_id=mpn_id).latest("starts_on")


def _change(name: str, *, of: str) -> str:
    return reverse(f"memberships:{name}", args=[_membership(of).package.public_id])


def of_a_company() -> Forms:
    """Forms of a company's admin, of an agent of another, and of who forgot the password."""
    customer = Customer.objects.get(name="Relecloud").public_id
    mia = User.objects.get(email="multi@contoso.example").public_id
    return {
        NOBODY: [(_mailed(), "Save the new password")],
        FRITZ: [
            (reverse("account_change_password"), "Change the password"),
            (reverse("partners:user-add"), "Add"),
            (reverse("partners:user", args=[mia]), "Save programs"),
            (reverse("support:consultation"), "Submit"),
            (reverse("support:plans"), "Add contract"),
            (reverse("support:portal-link", args=[CLOUD_PORTALS["azure"]]), "Add contract"),
            (reverse("partners:api-client", args=["demo-fabrikam"]), "Save rights"),
        ],
        "agent@contoso.example": [
            (reverse("support:customer-new-request", args=[customer]), "Continue")
        ],
    }


def of_staff() -> Forms:
    """Forms of the desk."""
    card = reverse("support:staff-partner", args=[FABRIKAM])
    change, add = _named("support:staff-partner-change support:staff-membership-add", FABRIKAM)
    adjust = reverse("support:staff-adjust", args=[_plan(FABRIKAM).public_id])
    package, not_activated = (_membership(m).package.public_id for m in (FABRIKAM, CONTOSO))
    (correct,) = _named("support:staff-membership-change", not_activated)
    (gain,) = _named("support:staff-competencies", package)
    request = consultation_of_another_agent()
    return {
        ROOT: [
            (card, "Check the pair"),
            (reverse("support:staff-imports"), "Upload and check"),
            (reverse("support:staff-partner-add"), "Add the partner"),
            (change, "Save"),
            (add, "Add the membership"),
            (adjust, "Book the correction"),
            (correct, "Show what changes"),
            (gain, "Add"),
            (request, "Deduct"),
            (request, "Close with this reason"),
            (request, "Take over"),
        ]
    }


def consultation_of_another_agent() -> str:
    """Return the address of a request whose page has every form that staff can fill in."""
    membership, fritz = _membership(FABRIKAM), User.objects.get(email=FRITZ)
    at, agent = clock.now(), User.objects.get(email="staff@portal.example")
    asked = ask(membership.partner, by=fritz, plan=hours_of(membership), at=at).request
    claim_request(number=asked.number, by=agent, at=at)
    return reverse("support:request", args=[asked.number])


FORMS: Mapping[str, Callable[[], Forms]] = {
    form.__name__: form for form in (of_a_company, of_staff)
}
TOURS: Mapping[str, Callable[[], Stops]] = {
    tour.__name__: tour
    for tour in (strangers, company, states, support, desk, lists, administration)
}

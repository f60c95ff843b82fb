"""Plausible support requests for the demo world."""

import random
from datetime import UTC, datetime, timedelta

from benefits.models import Plan
from partners.models import Affiliation, Customer, Partner, User
from support import products
from support.models import SupportRequest
from support.portals import CLOUD_PORTALS
from support.services.consultations import ConsultationText, submit_consultation
from support.services.customer_requests import Issue, submit_for_customer
from support.services.request_life import close_request
from support.services.requests import RequestText, submit_request, submit_without_incident
from support.severities import Severity

# Older requests have been worked on and closed.
STILL_OPEN = timedelta(days=21)
WORKED_ON = (
    timedelta(days=2, hours=3),
    timedelta(days=5, hours=1),
    timedelta(hours=7),
    timedelta(days=11, hours=2),
)
PROBLEMS = (
    ("CONFIGURATION", "Sign-in fails after moving to the new host name"),
    ("CRASH", "The service stops some minutes after each start"),
    ("PERFORMANCE", "Queries take ten times as long since the last update"),
    ("INSTALLATION", "Set-up ends with an error at the prerequisites"),
    ("SECURITY", "Certificates are refused by part of the clients"),
    ("CONFIGURATION", "Replication between two sites has stopped"),
    ("CRASH", "The import breaks off with an access violation"),
    ("OTHER", "The license is shown as expired although it was renewed"),
)


def use_incidents(
    *,
    plan: Plan,
    by: User,
    times: int,
    since: datetime,
    until: datetime,
    today: datetime,
    chance: random.Random,
) -> None:
    """Submit requests that the plan pays, evenly between two instants; their author closes them."""
    affiliation = Affiliation.objects.filter(user=by).select_related("partner").first()
    step = (until - since) / times
    for count in range(1, times + 1):
        at = since + step * count
        category, title = chance.choice(PROBLEMS)
        product = _product(plan, at=at, chance=chance)
        submitted = submit_request(
            by=by,
            partner=affiliation.partner if affiliation else None,
            product=product,
            plan_id=plan.public_id,
            text=_text(by, category=category, title=title),
            portal=_portal(product, count),
            key=f"demo-{plan.public_id}-{by.pk}-{count}",
            at=at,
        )
        if at < today - STILL_OPEN:
            close_request(
                number=submitted.request.number,
                reason=SupportRequest.CloseReason.SOLVED_BY_PARTNER,
                by=by,
                at=at + WORKED_ON[count % len(WORKED_ON)],
            )


def ask_about_a_bill(*, by: User, partner: Partner, at: datetime) -> None:
    """Submit a billing request in Azure; it uses no incident."""
    azure = CLOUD_PORTALS["azure"]
    title = "The invoice of last month names a machine that was deleted before"
    submit_without_incident(
        by=by,
        partner=partner,
        product=azure.services[0],
        kind=SupportRequest.Kind.BILLING,
        text=_text(by, category="OTHER", title=title),
        portal=azure.portal,
        key=f"demo-bill-{by.pk}",
        at=at,
    )


def ask_for_a_customer(*, by: User, customer: Customer, at: datetime) -> None:
    """Submit a technical request in Azure under "Cloud Solution Provider"; it uses no incident."""
    category, title = PROBLEMS[0]
    submit_for_customer(
        by=by,
        partner=customer.partner,
        customer_id=customer.public_id,
        product=CLOUD_PORTALS["azure"].services[0],
        issue=Issue(kind=SupportRequest.Kind.TECHNICAL),
        text=_text(by, category=category, title=title),
        key=f"demo-customer-{customer.domain}",
        at=at,
    )


def ask_for_advice(*, plan: Plan, by: User, at: datetime) -> SupportRequest:
    """Submit an advisory request from the plan's hours; nothing is deducted yet."""
    title = "Which way to move thirty servers to new hosts within a quarter?"
    return _ask_consultant(
        plan=plan,
        by=by,
        at=at,
        kind=SupportRequest.Kind.ADVISORY,
        about=("Windows Server", "2019"),
        topic="Planning a migration",
        title=title,
    )


def ask_before_a_sale(*, plan: Plan, by: User, at: datetime) -> SupportRequest:
    """Submit a presales request; with Silver and Gold it is never deducted."""
    title = "A customer asks whether one tenant can serve three brands"
    return _ask_consultant(
        plan=plan,
        by=by,
        at=at,
        kind=SupportRequest.Kind.PRESALES,
        about=("Microsoft 365", "Exchange Online"),
        topic="Mail of several brands",
        title=title,
    )


def _ask_consultant(
    *,
    plan: Plan,
    by: User,
    at: datetime,
    kind: SupportRequest.Kind,
    about: tuple[str, str],
    topic: str,
    title: str,
) -> SupportRequest:
    product = products.find(*about, on=at.astimezone(UTC).date())
    assert product is not None, "older than any world"
    return submit_consultation(
        by=by,
        partner=plan.package.partner,
        kind=kind,
        product=product,
        plan_id=plan.public_id,
        text=ConsultationText(
            topic=topic,
            title=title,
            description=f"{title} A first plan is there, and should be looked at together.",
            contact_email=by.email or "",
            contact_phone="+46 8 123 456",
            contact_language="en",
            country="SE",
            time_zone="Europe/Stockholm",
        ),
        key=f"demo-{kind.lower()}-{by.pk}",
        at=at,
    ).request


def _portal(product: products.Product, count: int) -> SupportRequest.Portal:
    """Return where a request is opened: every other one about the cloud in the product's portal."""
    cloud = CLOUD_PORTALS.get(product.portal)
    if cloud is None or count % 2:
        return SupportRequest.Portal.SUPPORT_FOR_BUSINESS
    return cloud.portal


def _product(plan: Plan, *, at: datetime, chance: random.Random) -> products.Product:
    day = at.astimezone(UTC).date()
    covered = [
        product
        for product in products.CATALOGUE
        if product.scope == plan.scope
        and product.is_released(on=day)
        and products.is_covered(product, on=day)
    ]
    return chance.choice(covered)


def _text(by: User, *, category: str, title: str) -> RequestText:
    return RequestText(
        category=category,
        title=title,
        description=f"{title}. It began this week and can be repeated.",
        tried="Restarted, compared the settings with a machine that works.",
        severity=Severity.C,
        require_24x7=False,
        contact_name=by.name,
        contact_email=by.email or "",
        contact_phone="",
        contact_method="EMAIL",
        country="SE",
        time_zone="Europe/Stockholm",
    )

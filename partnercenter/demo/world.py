"""
Loading the demo world: every state of a plan, with dates relative to the day it is loaded.

Everything goes through the services that pages use, with instants in the past, so ledger and audit
tell the story as it would have happened.
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from benefits.allotments import Level, MembershipKind, Scope
from benefits.models import Membership, Plan
from benefits.services.activation import activate_package
from benefits.services.expiry import book_expiries
from benefits.services.links import link_contract, link_own_contract
from benefits.services.memberships import write_membership
from benefits.services.pairs import show_pair
from partnercenter.demo import accounts
from partnercenter.demo.use import (
    ask_about_a_bill,
    ask_before_a_sale,
    ask_for_a_customer,
    ask_for_advice,
    use_incidents,
)
from partners.models import Affiliation, Customer, Partner, RoleAssignment, User
from partners.services.clients import register_client
from support.services.consultations import deduct_hours

SEED = 2021
NO_DELAY = timedelta(0)
YEAR = 365


def is_loaded() -> bool:
    """Whether the demo world is there already."""
    return Partner.objects.filter(mpn_id=accounts.CONTOSO).exists()


@transaction.atomic
def load(*, at: datetime) -> bool:
    """Load the world unless it is there; return whether it was loaded now."""
    if is_loaded():
        return False
    people = _write_accounts(at=at)
    _write_clients(at=at)
    world = _World(people=people, at=at)
    world.write()
    return True


def _write_accounts(*, at: datetime) -> dict[str, User]:
    partners = {
        row.mpn_id: Partner.objects.create(
            mpn_id=row.mpn_id,
            name=row.name,
            country=row.country,
            in_mpn=row.in_mpn,
            in_csp=row.in_csp,
        )
        for row in accounts.PARTNERS
    }
    Customer.objects.bulk_create(
        Customer(
            partner=partners[row.mpn_id], name=row.name, domain=row.domain, country=row.country
        )
        for row in accounts.CUSTOMERS
    )
    # One hash for all: Argon2 takes a tenth of a second each.
    password = make_password(accounts.PASSWORD)
    return {
        account.email: _write_account(account, partners, password=password, at=at)
        for account in accounts.ACCOUNTS
    }


def _write_account(
    account: accounts.DemoAccount, partners: dict[str, Partner], *, password: str, at: datetime
) -> User:
    user = User.objects.create(
        email=account.email,
        name=account.name,
        kind=account.kind,
        staff_kind=account.staff_kind,
        password=password,
    )
    for mpn_id, programs, roles in account.at:
        affiliation = Affiliation.objects.create(
            user=user,
            partner=partners[mpn_id],
            mpn="MPN" in programs.split(),
            csp="CSP" in programs.split(),
        )
        RoleAssignment.objects.bulk_create(
            RoleAssignment(affiliation=affiliation, role=role, assigned_at=at) for role in roles
        )
    return user


def _write_clients(*, at: datetime) -> None:
    for row in accounts.CLIENTS:
        register_client(
            partner=Partner.objects.get(mpn_id=row.mpn_id) if row.mpn_id else None,
            name=row.name,
            scopes=row.scopes,
            by=None,
            at=at,
            client_id=row.client_id,
            secret=row.secret,
        )


class _World:
    """Writes memberships and a year of use, partner by partner."""

    def __init__(self, *, people: dict[str, User], at: datetime) -> None:
        self.people = people
        self.at = at
        self.random = random.Random(SEED)  # noqa: S311 - a demo that is the same every time

    def write(self) -> None:
        """Write every state of the demo table."""
        self.member(accounts.CONTOSO, Level.GOLD, ["Cloud Platform", "Data Platform"], began=60)
        ask_for_a_customer(
            by=self.people["agent@contoso.example"],
            customer=Customer.objects.get(domain="relecloud.example"),
            at=self.days_ago(2),
        )
        self.write_fabrikam()
        self.write_in_use()
        self.write_two_packages()
        self.write_ending()
        pending = self.member(accounts.PENDING, Level.GOLD, ["Data Platform"], began=20)
        self.activate(pending, "admin@pending.example", days_ago=2, delay=timedelta(days=3))
        self.member(accounts.SCHEDULED, Level.SILVER, ["DevOps"], began=-10)
        book_expiries(by=None, at=self.at)

    def write_fabrikam(self) -> None:
        """Gold hybrid, in use by its admin, a user, the second admin, and a consultant."""
        membership = self.member(accounts.FABRIKAM, Level.GOLD, ["Data Platform"], began=250)
        self.activate(membership, "admin@fabrikam.example", days_ago=240)
        for email in ("user@fabrikam.example", "multi@contoso.example"):
            self.link_in_house(membership, email, days_ago=200)
        self.link_with_pair(membership, "consultant@outlook.example", days_ago=90)
        self.use(membership, Scope.ON_PREMISES, "admin@fabrikam.example", times=2)
        self.use(membership, Scope.ON_PREMISES, "consultant@outlook.example", times=1)
        self.use(membership, Scope.CLOUD, "user@fabrikam.example", times=4)
        ask_about_a_bill(
            by=self.people["user@fabrikam.example"],
            partner=membership.partner,
            at=self.days_ago(4),
        )

        self.ask_for_advice(membership, "user@fabrikam.example", hours=6)

    def write_in_use(self) -> None:
        """Few left, and unlimited."""
        northwind = self.member(accounts.NORTHWIND, Level.SILVER, ["DevOps"], began=300)
        self.activate(northwind, "admin@northwind.example", days_ago=290)
        self.use(northwind, Scope.ON_PREMISES, "admin@northwind.example", times=12)
        self.use(northwind, Scope.CLOUD, "admin@northwind.example", times=4)
        tailspin = self.member(accounts.TAILSPIN, Level.SILVER, ["Security"], began=120)
        self.activate(tailspin, "admin@tailspin.example", days_ago=110)
        self.use(tailspin, Scope.CLOUD, "admin@tailspin.example", times=4)
        self.use(tailspin, Scope.ON_PREMISES, "admin@tailspin.example", times=1)

    def write_two_packages(self) -> None:
        """Action Pack alone, and beside a Silver membership."""
        adatum = self.member(accounts.ADATUM, None, [], began=90)
        self.activate(adatum, "admin@adatum.example", days_ago=85)
        self.use(adatum, Scope.ON_PREMISES, "admin@adatum.example", times=2)
        pack = self.member(accounts.WINGTIP, None, [], began=200)
        silver = self.member(accounts.WINGTIP, Level.SILVER, ["Messaging"], began=150)
        for membership in (pack, silver):
            self.activate(membership, "admin@wingtip.example", days_ago=140)
        self.use(silver, Scope.ON_PREMISES, "admin@wingtip.example", times=3)
        ask_before_a_sale(
            plan=Plan.objects.that_count_hours().get(package=silver.package),
            by=self.people["admin@wingtip.example"],
            at=self.days_ago(2),
        )

    def write_ending(self) -> None:
        """Used up, in its last days, and ended."""
        exhausted = self.member(accounts.EXHAUSTED, Level.GOLD, ["Data Platform"], began=280)
        self.activate(exhausted, "admin@exhausted.example", days_ago=270)
        self.use(exhausted, Scope.ON_PREMISES, "admin@exhausted.example", times=20)
        self.use(exhausted, Scope.CLOUD, "admin@exhausted.example", times=10)
        renewal = self.member(accounts.RENEWAL, Level.GOLD, ["Data Platform"], began=YEAR + 10)
        self.activate(renewal, "admin@renewal.example", days_ago=YEAR)
        self.link_in_house(renewal, "user@renewal.example", days_ago=300)
        self.use(renewal, Scope.ON_PREMISES, "user@renewal.example", times=9)
        self.use(renewal, Scope.CLOUD, "admin@renewal.example", times=3)
        ended = self.member(accounts.EXPIRED, Level.GOLD, ["Data Platform"], began=YEAR + 70)
        self.activate(ended, "admin@expired.example", days_ago=YEAR + 60)
        self.use(ended, Scope.ON_PREMISES, "admin@expired.example", times=16, until_days_ago=60)
        self.use(ended, Scope.CLOUD, "admin@expired.example", times=7, until_days_ago=60)

    def member(
        self, mpn_id: str, level: Level | None, competencies: Sequence[str], *, began: int
    ) -> Membership:
        """Write a membership that began so many days ago."""
        return write_membership(
            partner=Partner.objects.get(mpn_id=mpn_id),
            kind=MembershipKind.CORE if level else MembershipKind.ACTION_PACK,
            level=level,
            starts_on=(self.at - timedelta(days=began)).date(),
            competencies=competencies,
            by=None,
            at=self.days_ago(max(began, 0)),
        )

    def activate(
        self, membership: Membership, email: str, *, days_ago: int, delay: timedelta = NO_DELAY
    ) -> None:
        """Activate the membership's package, and link it to its admin's account."""
        by, at = self.people[email], self.days_ago(days_ago)
        activate_package(package_id=membership.package.public_id, by=by, at=at, delay=delay)
        if not delay:
            self.link_in_house(membership, email, days_ago=days_ago)

    def link_in_house(self, membership: Membership, email: str, *, days_ago: int) -> None:
        """Link the contract with one click."""
        link_own_contract(
            contract_id=membership.package.contract.public_id,
            by=self.people[email],
            at=self.days_ago(days_ago),
        )

    def link_with_pair(self, membership: Membership, email: str, *, days_ago: int) -> None:
        """Link the contract to an outsider, who types the pair that an admin read out."""
        owner = self.people["admin@fabrikam.example"]
        at = self.days_ago(days_ago)
        contract_id = membership.package.contract.public_id
        pair = show_pair(contract_id=contract_id, by=owner, at=at)
        link_contract(
            access_text=str(pair.access),
            contract_text=str(pair.contract),
            by=self.people[email],
            at=at,
        )

    def use(
        self,
        membership: Membership,
        scope: Scope,
        email: str,
        *,
        times: int,
        until_days_ago: int = 3,
    ) -> None:
        """Spread requests between the contract's start and some days ago."""
        user = self.people[email]
        plan = Plan.objects.get(package=membership.package, scope=scope)
        link = user.links.get(contract__package=membership.package)
        use_incidents(
            plan=plan,
            by=user,
            times=times,
            since=link.linked_at,
            until=self.at - timedelta(days=until_days_ago),
            today=self.at,
            chance=self.random,
        )

    def ask_for_advice(self, membership: Membership, email: str, *, hours: int) -> None:
        """Ask for a consultation that was held meanwhile; support has deducted its hours."""
        plan = Plan.objects.that_count_hours().get(package=membership.package)
        asked = ask_for_advice(plan=plan, by=self.people[email], at=self.days_ago(12))
        agent = self.people["staff@portal.example"]
        deduct_hours(number=asked.number, hours=hours, by=agent, at=self.days_ago(8))

    def days_ago(self, days: int) -> datetime:
        """Return the instant so many days before the world is loaded."""
        return self.at - timedelta(days=days)

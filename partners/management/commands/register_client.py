"""Register a client of the API from the machine itself, and print its secret once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from partners.models import Partner
from partners.scopes import ClientScope
from partners.services.clients import allowed_scopes, register_client
from portal import audit, clock
from portal.refusals import Refusal

ACTION = "partners.register_client"


class Command(BaseCommand):
    """For the first client, and for those of staff; Global admins have a page of their own."""

    help = "Register an API client for a partner or for staff; prints id and secret, once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--partner", metavar="MPNID", help="the partner for whom it acts")
        whose.add_argument("--staff", action="store_true", help="it acts for the portal's staff")
        parser.add_argument("--name", required=True, help="what program it is")
        parser.add_argument(
            "--scope",
            action="append",
            metavar="SCOPE",
            help=f"may be repeated; all that are allowed unless given: {', '.join(ClientScope)}",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Register, and print what the program needs."""
        partner = None if options["staff"] else _partner(options["partner"])
        scopes = options["scope"] or list(allowed_scopes(partner=partner))
        at = clock.now()
        try:
            registered = register_client(
                partner=partner, name=options["name"], scopes=scopes, by=None, at=at
            )
        except Refusal as refusal:
            mpn_id = partner.mpn_id if partner else ""
            audit.record_refused(ACTION, refusal=refusal, by=None, at=at, partner=mpn_id)
            raise CommandError(_sentence(refusal)) from refusal
        self.stdout.write(f"Client ID:     {registered.client.client_id}")
        self.stdout.write(f"Client secret: {registered.secret}")
        self.stdout.write(f"Scopes:        {' '.join(registered.client.scopes)}")
        self.stdout.write("The secret is not stored and will not be shown again.")


def _partner(mpn_id: str) -> Partner:
    partner = Partner.objects.filter(mpn_id=mpn_id, is_active=True).first()
    if partner is None:
        raise CommandError(f"There is no active partner with the MPN ID {mpn_id}.")
    return partner


def _sentence(refusal: Refusal) -> str:
    step = refusal.explanation.next_step
    return f"{refusal.message} {step.text}" if step else refusal.message

"""List the API clients of a partner or of the staff: which call, which are revoked."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from partners.models import ApiClient, Partner


class Command(BaseCommand):
    """For those of staff, who have no page; Global admins see their partner's on one."""

    help = "List the API clients of a partner or of staff, the oldest first; no secret is known."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--partner", metavar="MPNID", help="the partner for whom they act")
        whose.add_argument("--staff", action="store_true", help="they act for the portal's staff")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each."""
        partner = None if options["staff"] else _partner(options["partner"])
        for client in ApiClient.objects.of(partner).order_by("registered_at", "pk"):
            self.stdout.write(_line(client))


def _partner(mpn_id: str) -> Partner:
    partner = Partner.objects.filter(mpn_id=mpn_id).first()
    if partner is None:
        raise CommandError(f"There is no partner with the MPN ID {mpn_id}.")
    return partner


def _line(client: ApiClient) -> str:
    used = f"last token {client.last_token_at:%Y-%m-%d}" if client.last_token_at else "never used"
    state = f"revoked {client.revoked_at:%Y-%m-%d}" if client.revoked_at else used
    registered = f"registered {client.registered_at:%Y-%m-%d}"
    return f"{client.client_id}  {client.name}  {registered}, {state}  {' '.join(client.scopes)}"

"""Stop an API client from the machine itself, in the name of an account that may."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from partners.models import ApiClient, User
from partners.services.clients import revoke_client
from portal import audit, clock
from portal.refusals import Refusal

ACTION = "partners.revoke_client"


class Command(BaseCommand):
    """For those of staff, who have no page; Global admins stop their partner's on one."""

    help = "Stop an API client and its tokens for good; `list_clients` says which there are."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("client", metavar="CLIENTID", help="the id of the client")
        parser.add_argument(
            "--by",
            required=True,
            metavar="EMAIL",
            help="who stops it: an administrator, for a client of staff; else a Global admin",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Stop it, and say so."""
        client_id, at = options["client"], clock.now()
        by = User.objects.filter(email=options["by"].strip().casefold(), is_active=True).first()
        if by is None:
            raise CommandError(f"There is no active account {options['by']}.")
        try:
            client = revoke_client(client_id=client_id, by=by, at=at)
        except ApiClient.DoesNotExist as error:
            raise CommandError(f"{by.email} has no client {client_id}.") from error
        except Refusal as refusal:
            target = ("client", client_id)
            audit.record_refused(ACTION, refusal=refusal, by=by, at=at, target=target)
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{client.name} is revoked; it gets no token, and those it has are gone.")

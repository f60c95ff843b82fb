"""Load the demo world, once."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.progress import Progress

from partnercenter.demo import accounts, scale, world
from portal import clock
from support.services.usage import sum_up


class Command(BaseCommand):
    """Loads a world that shows every state; loading again changes nothing."""

    help = "Load the demo world (only where DEMO=True); loading again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--accounts", action="store_true", help="only print the demo accounts")
        parser.add_argument(
            "--scale", type=int, default=0, metavar="N", help="add N partners with a year of use"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what there is now."""
        if not settings.DEMO:
            raise CommandError("The demo world is for demo installations: set DEMO=True.")
        if options["scale"] < 0:
            raise CommandError("--scale takes a whole number, 0 or more.")
        if options["accounts"]:
            self.print_accounts()
            return
        loaded = world.load(at=clock.now())
        self.stdout.write("Demo world loaded." if loaded else "The demo world is there already.")
        if options["scale"]:
            self.add_partners(options["scale"])

    def add_partners(self, count: int) -> None:
        """Write the additional partners under a progress bar."""
        with Progress(transient=True) as progress:
            task = progress.add_task("Partners", total=count)
            written = scale.add_partners(count, at=clock.now(), tell=lambda: progress.advance(task))
        while sum_up():
            # Reports would read all of it from the ledger each time.
            pass
        self.stdout.write(f"{written} partners added.")

    def print_accounts(self) -> None:
        """Print who can sign in and what each account shows."""
        self.stdout.write(f"Demo accounts (password of all: {accounts.PASSWORD})")
        width = max(len(account.email) for account in accounts.listed_accounts())
        for account in accounts.listed_accounts():
            self.stdout.write(f"  {account.email:<{width}}  {account.shows}")
        self.stdout.write("API clients (secret of each: its id followed by -secret)")
        for client in accounts.CLIENTS:
            self.stdout.write(f"  {client.client_id:<{width}}  {client.name}")

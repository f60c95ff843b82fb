"""Book what lapsed at the end of contracts; run it daily, or never: balances are right anyway."""

from typing import Any

from django.core.management.base import BaseCommand

from benefits.services.expiry import book_expiries
from portal import clock


class Command(BaseCommand):
    """Prints how many plans were booked; may be stopped and run again at any time."""

    help = "Book EXPIRE on every ended plan with something left."

    def handle(self, *args: Any, **options: Any) -> None:
        """Book, and say how many."""
        booked = book_expiries(by=None, at=clock.now())
        self.stdout.write(f"{booked} plans booked")

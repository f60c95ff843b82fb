"""Sum up what was used by month, for reports; run it hourly, or never: figures are right anyway."""

from typing import Any

from django.core.management.base import BaseCommand

from support.services.usage import sum_up


class Command(BaseCommand):
    """Prints how many ledger entries were read; may be stopped and run again at any time."""

    help = "Add ledger entries to the sums by month that reports read."

    def handle(self, *args: Any, **options: Any) -> None:
        """Sum up until nothing is left, and say how much that was."""
        entries = 0
        while count := sum_up():
            entries += count
        self.stdout.write(f"{entries} ledger entries summed up")

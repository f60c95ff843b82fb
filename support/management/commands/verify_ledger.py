"""Recompute every balance from the ledger, and hold requests and entries against each other."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from portal.snapshot import one_snapshot
from support.verification import differences


class Command(BaseCommand):
    """Prints each difference and their number; exits with 1 when there is one."""

    help = "Recompute balances from the ledger and report differences; changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify, and say what was found."""
        count = 0
        with one_snapshot():
            for difference in differences():
                self.stdout.write(str(difference))
                count += 1
        self.stdout.write(f"{count} differences")
        if count:
            sys.exit(1)

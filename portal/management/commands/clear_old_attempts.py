"""Forget whose attempts were counted once and count no more; run it weekly, or never."""

from typing import Any

from django.core.management.base import BaseCommand

from portal import throttle


class Command(BaseCommand):
    """Prints how many counters were deleted; may be stopped and run again at any time."""

    help = "Delete counters of attempts in which nothing counts any more."

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete, and say how many."""
        deleted = throttle.clear_old()
        self.stdout.write(f"{deleted} counters deleted")

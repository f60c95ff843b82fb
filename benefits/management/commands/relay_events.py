"""Publish the events that nobody has read yet; run it where nobody reads the feed for long."""

from typing import Any

from django.core.management.base import BaseCommand

from benefits.services.events import relay


class Command(BaseCommand):
    """Prints how many events were published; may be stopped and run again at any time."""

    help = "Give every committed event its position in the change feed."

    def handle(self, *args: Any, **options: Any) -> None:
        """Publish until nothing is left, and say how many."""
        published = 0
        while batch := relay():
            published += batch
        self.stdout.write(f"{published} events published")

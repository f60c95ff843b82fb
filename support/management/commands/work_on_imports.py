"""Work on the imports that wait; pages start this by themselves, by hand it does no harm."""

from typing import Any

from django.core.management.base import BaseCommand

from partners.services.imports.work import waiting_imports, work_on
from support.imports import KINDS


class Command(BaseCommand):
    """Prints a line for each; may be stopped at any time: what was not finished wrote nothing."""

    help = "Check or write the imports that wait for it."

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until nothing waits, and say what became of each."""
        tried = set()
        while waiting := [i for i in waiting_imports() if i not in tried]:
            worked = work_on(import_id=waiting[0], kinds=KINDS)
            if worked is None:
                # Another worker was quicker.
                tried.add(waiting[0])
                continue
            self.stdout.write(f"{worked}: {worked.get_state_display()}")

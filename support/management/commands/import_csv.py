"""Import a CSV file from the machine itself: checked first, then all of it or nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import Progress

from partners.imports.models import Import
from partners.imports.reading import PIECE
from partners.models import User
from partners.services.imports.files import Upload, receive_file
from partners.services.imports.jobs import request_import
from partners.services.imports.kinds import Kind
from partners.services.imports.work import work_on
from portal import audit, clock
from portal.refusals import Refusal
from support.import_pages import problem_lines
from support.imports import KINDS


class Command(BaseCommand):
    """The same as the page Imports, and seen there too."""

    help = "Import partners, memberships, users or roles from a CSV file, all of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("kind", choices=list(KINDS), help="what the rows are")
        parser.add_argument("file", type=Path, help="the CSV file, in UTF-8")
        parser.add_argument("--dry-run", action="store_true", help="only check, import nothing")
        parser.add_argument(
            "--by", metavar="EMAIL", help="a benefits manager or administrator; else nobody's name"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, print every error, and import where there is none."""
        kind, by = KINDS[options["kind"]], _account(options["by"])
        uploaded = self._receive(kind, options["file"], by)
        checked = self._work(uploaded, "Checking")
        for line in problem_lines(checked, kind=kind):
            self.stdout.write(line)
        self.stdout.write(_counts(checked))
        if checked.problem_count:
            raise CommandError(f"{checked.problem_count} errors. Nothing was imported.")
        if options["dry_run"]:
            self.stdout.write("Only checked: nothing was imported.")
        elif not checked.may_be_requested:
            self.stdout.write("Everything is there already: nothing had to be imported.")
        else:
            self._import(checked, by)

    def _receive(self, kind: Kind, path: Path, by: User | None) -> Import:
        at = clock.now()
        try:
            upload = Upload(name=path.name, pieces=_pieces(path))
            return receive_file(kind=kind, upload=upload, by=by, at=at)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        except Refusal as refusal:
            raise _refused("partners.upload_import", refusal, by) from refusal

    def _import(self, checked: Import, by: User | None) -> None:
        try:
            request_import(import_id=checked.public_id, by=by, at=clock.now())
        except Refusal as refusal:
            raise _refused("partners.request_import", refusal, by) from refusal
        done = self._work(checked, "Importing")
        if not done.is_done:
            raise CommandError("Something changed since the check. Nothing was imported.")
        self.stdout.write("Imported.")

    def _work(self, waiting: Import, what: str) -> Import:
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task(what, total=waiting.lines)
            worked = work_on(
                import_id=waiting.public_id,
                kinds=KINDS,
                tell=lambda line: progress.update(task, completed=line),
            )
        if worked is None:
            raise CommandError(
                "A worker of the portal has taken the file up: see the page Imports."
            )
        return worked


def _account(email: str | None) -> User | None:
    if email is None:
        return None
    found = User.objects.filter(email=email.strip().casefold(), is_active=True).first()
    if found is None:
        raise CommandError(f"There is no active account {email}.")
    return found


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while piece := source.read(PIECE):
            yield piece


def _refused(action: str, refusal: Refusal, by: User | None) -> CommandError:
    audit.record_refused(action, refusal=refusal, by=by, at=clock.now())
    step = refusal.explanation.next_step
    return CommandError(f"{refusal.message} {step.text}" if step else refusal.message)


def _counts(checked: Import) -> str:
    return (
        f"{checked.rows} rows: {checked.new_rows} new, {checked.changed_rows} changed, "
        f"{checked.unchanged_rows} unchanged, {checked.wrong_rows} with errors."
    )

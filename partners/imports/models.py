"""The tables of imports: the import, its file in pieces, what is wrong, how far it is."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.origin import Channel

# A worker that is alive says so far more often; while it writes on SQLite it cannot.
SILENT_FOR = timedelta(minutes=2)


class ImportState(models.TextChoices):
    """How far an import is; whether its worker still lives, says `is_interrupted`."""

    UPLOADED = "UPLOADED", _("Waiting to be checked")
    CHECKING = "CHECKING", _("Being checked")
    CHECKED = "CHECKED", _("Checked")
    REQUESTED = "REQUESTED", _("Waiting to be imported")
    WRITING = "WRITING", _("Being imported")
    DONE = "DONE", _("Imported")
    FAILED = "FAILED", _("Not imported")


WAITING = (ImportState.UPLOADED, ImportState.REQUESTED)
WORKING = (ImportState.CHECKING, ImportState.WRITING)


class ImportQuerySet(models.QuerySet["Import"]):
    """Imports, from the point of view of who asks."""

    def of_kind(self, kind: str) -> "ImportQuerySet":
        """Keep the imports of one kind of rows."""
        return self.filter(kind=kind)

    def newest_first(self) -> "ImportQuerySet":
        """Order by when they were uploaded: the last one first."""
        return self.order_by("-pk")


class Import(models.Model):
    """
    A file that was uploaded to be imported: checked first, then imported as a whole or not at all.

    `attempt` counts how often a worker took it up: one that was thought dead and is not finds that
    another one has the work now. The counts are those of the last pass over the file.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=20)
    file_name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    lines = models.PositiveIntegerField()
    state = models.CharField(
        max_length=10, choices=ImportState.choices, default=ImportState.UPLOADED
    )
    attempt = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=40, blank=True)
    new_rows = models.PositiveIntegerField(default=0)
    changed_rows = models.PositiveIntegerField(default=0)
    unchanged_rows = models.PositiveIntegerField(default=0)
    wrong_rows = models.PositiveIntegerField(default=0)
    problem_count = models.PositiveIntegerField(default=0)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    requested_at = models.DateTimeField(null=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    # Where it was asked for, for the audit: the worker is a command, who asked was at a page.
    channel = models.CharField(
        max_length=10, choices=[(channel.value, channel.value) for channel in Channel]
    )
    address = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=64)
    finished_at = models.DateTimeField(null=True)

    progress: "ImportProgress"

    objects = ImportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ImportState]),
                name="partners_import_state_known",
            ),
            models.CheckConstraint(
                condition=Q(channel__in=[channel.value for channel in Channel]),
                name="partners_import_channel_known",
            ),
            models.CheckConstraint(
                condition=Q(state="FAILED") & ~Q(failure="") | ~Q(state="FAILED") & Q(failure=""),
                name="partners_import_failed_for_a_reason",
            ),
            models.CheckConstraint(
                # What was imported had nothing wrong in it, and somebody or a command asked for it.
                condition=~Q(state="DONE")
                | Q(wrong_rows=0, problem_count=0, requested_at__isnull=False)
                & Q(finished_at__isnull=False),
                name="partners_import_done_without_problems",
            ),
            models.CheckConstraint(
                condition=Q(requested_by__isnull=True) | Q(requested_at__isnull=False),
                name="partners_import_requested_at_some_time",
            ),
        ]
        indexes = [models.Index(fields=["kind", "-id"], name="partners_import_kind")]

    def __str__(self) -> str:
        return f"{self.kind} from {self.file_name}"

    @property
    def rows(self) -> int:
        """How many rows the last pass over the file has found."""
        return self.new_rows + self.changed_rows + self.unchanged_rows + self.wrong_rows

    @property
    def is_open(self) -> bool:
        """Whether a worker has it, or is to take it up."""
        return self.state in (*WAITING, *WORKING)

    @property
    def is_checked(self) -> bool:
        """Whether it was checked and waits for a person."""
        return self.state == ImportState.CHECKED

    @property
    def is_done(self) -> bool:
        """Whether it was imported."""
        return self.state == ImportState.DONE

    @property
    def may_be_requested(self) -> bool:
        """Whether it may be imported now: checked, nothing wrong, something to write."""
        has_work = self.new_rows + self.changed_rows > 0
        return self.is_checked and not self.problem_count and has_work

    def is_interrupted(self, *, real_now: datetime) -> bool:
        """Whether its worker must be dead: nothing was heard of it for long."""
        return self.is_open and self.progress.beat_at < real_now - SILENT_FOR


class ImportProgress(models.Model):
    """
    How far the worker is, and when it last said so, in real time.

    A row of its own: it is written beside the transaction that holds the import locked.
    """

    of = models.OneToOneField(Import, on_delete=models.PROTECT, related_name="progress")
    lines_done = models.PositiveIntegerField(default=0)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"line {self.lines_done}"


class ImportChunk(models.Model):
    """A piece of the file. The pieces go when the import is done, or was left lying for a week."""

    of = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="chunks", db_index=False)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["of", "number"], name="partners_importchunk_once"),
        ]

    def __str__(self) -> str:
        return f"piece {self.number}"


class ImportProblem(models.Model):
    """One thing that is wrong with a file: where, and what (partners/imports/problems.py)."""

    of = models.ForeignKey(
        Import, on_delete=models.PROTECT, related_name="problems", db_index=False
    )
    number = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=40, blank=True)
    code = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["of", "number"], name="partners_importproblem_once"),
            models.CheckConstraint(
                condition=Q(line__gte=1), name="partners_importproblem_has_a_line"
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.line}: {self.code}"

"""The notes on support requests."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models import User
from support.models.requests import SupportRequest


class Note(models.Model):
    """What the author or the staff add to a request: written once, read by both."""

    request = models.ForeignKey(SupportRequest, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=10_000)
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(text=""),
                name="support_note_not_empty",
                violation_error_message=_("Write something."),
            ),
        ]
        indexes = [models.Index(fields=["request", "written_at", "id"], name="support_note_read")]

    def __str__(self) -> str:
        return f"Note on request {self.request_id}"

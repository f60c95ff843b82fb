"""The notes on support requests."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models import User
from support.models.requests import SupportRequest


class Note(models.Model):
    """What the author or the staff add to a request: written once, read by both."""

    request = models.ForeignKey(
        SupportRequest, verbose_name=_("Request"), on_delete=models.PROTECT, related_name="notes"
    )
    author = models.ForeignKey(
        User, verbose_name=_("author"), on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField(_("text"), max_length=10_000)
    written_at = models.DateTimeField(_("When"))

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        constraints = [
            models.CheckConstraint(
                condition=~Q(text=""),
                name="support_note_not_empty",
                violation_error_message=_("Write something."),
            ),
        ]
        indexes = [models.Index(fields=["request", "written_at", "id"], name="support_note_read")]

    def __str__(self) -> str:
        return f"{self.request}, {self.written_at:%Y-%m-%d %H:%M}"

"""What installed requests don't say yet: when their state changed, and why they were closed."""

from django.db import migrations
from django.db.models import F


def fill_in(apps, schema_editor):
    """Date all by their opening; nothing but the author's own word ever closed a request so far."""
    SupportRequest = apps.get_model("support", "SupportRequest")
    requests = SupportRequest.objects.using(schema_editor.connection.alias)
    requests.filter(state_changed_at__isnull=True).update(state_changed_at=F("opened_at"))
    requests.filter(state="CLOSED", closed_at__isnull=True).update(
        closed_at=F("opened_at"), closed_by=F("author"), close_reason="SOLVED_BY_PARTNER"
    )


class Migration(migrations.Migration):
    dependencies = [("support", "0002_request_life")]

    operations = [migrations.RunPython(fill_in, migrations.RunPython.noop)]

"""When the work on installed requests ended: what was closed says no more than when it was closed."""

from django.db import migrations
from django.db.models import F


def fill_in(apps, schema_editor):
    """Date the end of resolved and closed requests by their last change of state."""
    SupportRequest = apps.get_model("support", "SupportRequest")
    requests = SupportRequest.objects.using(schema_editor.connection.alias)
    ended = requests.filter(state__in=["RESOLVED", "CLOSED"], ended_at__isnull=True)
    ended.update(ended_at=F("state_changed_at"))


class Migration(migrations.Migration):
    dependencies = [("support", "0009_request_ended")]

    operations = [migrations.RunPython(fill_in, migrations.RunPython.noop)]

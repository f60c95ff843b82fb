from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0003_call_window"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="auditrecord",
            name="portal_audit_partner",
        ),
        migrations.AddIndex(
            model_name="auditrecord",
            index=models.Index(
                fields=["partner_mpn_id", "-occurred_at", "-id"], name="portal_audit_partner_at"
            ),
        ),
    ]

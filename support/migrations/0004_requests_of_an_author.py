from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("support", "0003_monthly_use"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="supportrequest",
            index=models.Index(
                fields=["author", "ended_at", "-opened_at", "-id"],
                name="support_request_author_ended",
            ),
        ),
        migrations.AddIndex(
            model_name="supportrequest",
            index=models.Index(
                fields=["author", "-state_changed_at", "-id"],
                name="support_request_author_news",
            ),
        ),
    ]

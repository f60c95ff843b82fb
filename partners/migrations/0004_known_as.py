from django.db import migrations, models

import portal.fields


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0003_customer"),
    ]

    operations = [
        migrations.AddField(
            model_name="affiliation",
            name="known_as",
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AddField(
            model_name="affiliation",
            name="known_as_folded",
            field=portal.fields.FoldedField(blank=True, max_length=240, source="known_as"),
        ),
    ]
